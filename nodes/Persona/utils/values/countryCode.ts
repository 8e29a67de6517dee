import { toPlainCharacters } from './trimText';

/**
 * All countries of ISO 3166-1, each as its two letters and its three letters. Kosovo has no code there;
 * the European Union, banks and Unicode use XK, and XKX for three letters.
 */
const CODES = (
	'ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW ' +
	'AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN ' +
	'BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG ' +
	'CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE ' +
	'DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN ' +
	'FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL ' +
	'GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV ' +
	'HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM ' +
	'JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO ' +
	'LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE ' +
	'MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS ' +
	'MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL ' +
	'NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI ' +
	'PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN ' +
	'SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV ' +
	'SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON ' +
	'TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN ' +
	'VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE' +
	' XKXKX'
).split(' ');

/** Codes that are in use besides those of ISO 3166-1. */
const OTHER_CODES: Record<string, string> = { UK: 'GB', EL: 'GR' };

/**
 * English names by code, as people and other systems write them, besides those of Unicode's CLDR, which
 * `Intl` has. They are the formal names of ISO 3166-1, former ones, and names in daily use. Names of
 * several countries, such as Congo or Korea, are left out.
 */
const OTHER_NAMES: Record<string, string> = {
	AE: 'uae, emirates',
	BA: 'bosnia, bosnia herzegovina',
	BN: 'brunei darussalam',
	BO: 'plurinational state of bolivia',
	BQ: 'bonaire sint eustatius and saba',
	CC: 'cocos keeling islands',
	CD: 'dr congo, drc, democratic republic of the congo, congo kinshasa, zaire',
	CG: 'republic of the congo, congo brazzaville',
	CI: 'ivory coast, cote d ivoire',
	CN: 'peoples republic of china, prc, mainland china',
	CV: 'cabo verde',
	CZ: 'czech republic',
	DE: 'federal republic of germany',
	EG: 'arab republic of egypt',
	FK: 'falkland islands malvinas, malvinas, falkland islands the malvinas',
	FM: 'federated states of micronesia',
	GB: 'great britain, britain, england, scotland, wales, northern ireland, united kingdom of great britain and northern ireland',
	GS: 'south georgia and the south sandwich islands',
	HK: 'hong kong, hong kong sar',
	HM: 'heard island and mcdonald islands',
	IE: 'republic of ireland',
	IO: 'british indian ocean territory',
	IR: 'islamic republic of iran',
	KG: 'kyrgyz republic',
	KP: 'north korea, democratic peoples republic of korea, dprk',
	KR: 'south korea, republic of korea',
	LA: 'lao, lao peoples democratic republic, lao pdr',
	LY: 'libyan arab jamahiriya',
	MD: 'republic of moldova',
	MF: 'saint martin french part',
	MK: 'macedonia, republic of north macedonia, former yugoslav republic of macedonia, fyrom',
	MM: 'burma, myanmar',
	MO: 'macau, macao, macao sar, macau sar',
	NL: 'holland, kingdom of the netherlands',
	PN: 'pitcairn',
	PS: 'palestine, state of palestine',
	RU: 'russian federation',
	SH: 'saint helena ascension and tristan da cunha',
	SK: 'slovak republic',
	ST: 'sao tome',
	SX: 'sint maarten dutch part',
	SY: 'syrian arab republic',
	SZ: 'swaziland',
	TL: 'east timor',
	TR: 'turkey, republic of turkiye',
	TW: 'taiwan province of china, republic of china',
	TZ: 'united republic of tanzania',
	UM: 'united states minor outlying islands',
	US: 'united states of america, america',
	VA: 'vatican, holy see, vatican city state',
	VC: 'saint vincent and the grenadines',
	VE: 'bolivarian republic of venezuela',
	VG: 'virgin islands british',
	VI: 'virgin islands us',
	VN: 'viet nam, socialist republic of viet nam',
};

/** How lists of countries sort a name: "Korea, Republic of", "Gambia, The", "Bolivia (Plurinational State of)". */
const SORTED_NAME = /^([^,([]+?)\s*[,([]\s*(.+?)\s*[)\]]?$/;

/** A name without case, accents and punctuation, and without the article before it. */
const normalizeName = (name: string) =>
	name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/['’‘ʼ.]/g, '')
		.replaceAll('&', ' and ')
		.replace(/[^\p{L}]+/gu, ' ')
		.replace(/\bsaint\b/g, 'st')
		.trim()
		.replace(/^the /, '');

function buildCodesByName(): Map<string, string> {
	const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
	const codes = new Map<string, string>();
	for (const [code, alpha3] of CODES.map((both) => [both.slice(0, 2), both.slice(2)])) {
		const own = [names.of(code) ?? '', ...(OTHER_NAMES[code]?.split(', ') ?? [])];
		const all = [code, alpha3, ...own].map(normalizeName).filter((name) => name !== '');
		for (const name of all) codes.set(name, code);
	}
	for (const [other, code] of Object.entries(OTHER_CODES)) codes.set(normalizeName(other), code);
	return codes;
}

let codesByName: Map<string, string> | undefined;

/**
 * Formats a country as Persona asks for it: two capital letters of ISO 3166-1. It may be given by two
 * or three letters, or by its English name. Undefined if there is no such country.
 */
export function formatCountryCode(text: string): string | undefined {
	codesByName ??= buildCodesByName();
	const plain = toPlainCharacters(text).replace(/\s*\(the\)/i, '');
	const [, name = '', before = ''] = SORTED_NAME.exec(plain) ?? [];
	return (
		codesByName.get(normalizeName(plain)) ?? codesByName.get(normalizeName(`${before} ${name}`))
	);
}
