import { parseCountryCallingCode } from './phoneNumber';
import { toPlainCharacters } from './trimText';

/**
 * All countries of ISO 3166-1, each as its two letters, its three letters and its number, which is also
 * that of the UN's standard M49. Kosovo has no code there; the European Union, banks and Unicode use XK,
 * and XKX for three letters.
 */
const CODES = (
	'ADAND020 AEARE784 AFAFG004 AGATG028 AIAIA660 ALALB008 AMARM051 AOAGO024 AQATA010 ' +
	'ARARG032 ASASM016 ATAUT040 AUAUS036 AWABW533 AXALA248 AZAZE031 BABIH070 BBBRB052 ' +
	'BDBGD050 BEBEL056 BFBFA854 BGBGR100 BHBHR048 BIBDI108 BJBEN204 BLBLM652 BMBMU060 ' +
	'BNBRN096 BOBOL068 BQBES535 BRBRA076 BSBHS044 BTBTN064 BVBVT074 BWBWA072 BYBLR112 ' +
	'BZBLZ084 CACAN124 CCCCK166 CDCOD180 CFCAF140 CGCOG178 CHCHE756 CICIV384 CKCOK184 ' +
	'CLCHL152 CMCMR120 CNCHN156 COCOL170 CRCRI188 CUCUB192 CVCPV132 CWCUW531 CXCXR162 ' +
	'CYCYP196 CZCZE203 DEDEU276 DJDJI262 DKDNK208 DMDMA212 DODOM214 DZDZA012 ECECU218 ' +
	'EEEST233 EGEGY818 EHESH732 ERERI232 ESESP724 ETETH231 FIFIN246 FJFJI242 FKFLK238 ' +
	'FMFSM583 FOFRO234 FRFRA250 GAGAB266 GBGBR826 GDGRD308 GEGEO268 GFGUF254 GGGGY831 ' +
	'GHGHA288 GIGIB292 GLGRL304 GMGMB270 GNGIN324 GPGLP312 GQGNQ226 GRGRC300 GSSGS239 ' +
	'GTGTM320 GUGUM316 GWGNB624 GYGUY328 HKHKG344 HMHMD334 HNHND340 HRHRV191 HTHTI332 ' +
	'HUHUN348 IDIDN360 IEIRL372 ILISR376 IMIMN833 ININD356 IOIOT086 IQIRQ368 IRIRN364 ' +
	'ISISL352 ITITA380 JEJEY832 JMJAM388 JOJOR400 JPJPN392 KEKEN404 KGKGZ417 KHKHM116 ' +
	'KIKIR296 KMCOM174 KNKNA659 KPPRK408 KRKOR410 KWKWT414 KYCYM136 KZKAZ398 LALAO418 ' +
	'LBLBN422 LCLCA662 LILIE438 LKLKA144 LRLBR430 LSLSO426 LTLTU440 LULUX442 LVLVA428 ' +
	'LYLBY434 MAMAR504 MCMCO492 MDMDA498 MEMNE499 MFMAF663 MGMDG450 MHMHL584 MKMKD807 ' +
	'MLMLI466 MMMMR104 MNMNG496 MOMAC446 MPMNP580 MQMTQ474 MRMRT478 MSMSR500 MTMLT470 ' +
	'MUMUS480 MVMDV462 MWMWI454 MXMEX484 MYMYS458 MZMOZ508 NANAM516 NCNCL540 NENER562 ' +
	'NFNFK574 NGNGA566 NINIC558 NLNLD528 NONOR578 NPNPL524 NRNRU520 NUNIU570 NZNZL554 ' +
	'OMOMN512 PAPAN591 PEPER604 PFPYF258 PGPNG598 PHPHL608 PKPAK586 PLPOL616 PMSPM666 ' +
	'PNPCN612 PRPRI630 PSPSE275 PTPRT620 PWPLW585 PYPRY600 QAQAT634 REREU638 ROROU642 ' +
	'RSSRB688 RURUS643 RWRWA646 SASAU682 SBSLB090 SCSYC690 SDSDN729 SESWE752 SGSGP702 ' +
	'SHSHN654 SISVN705 SJSJM744 SKSVK703 SLSLE694 SMSMR674 SNSEN686 SOSOM706 SRSUR740 ' +
	'SSSSD728 STSTP678 SVSLV222 SXSXM534 SYSYR760 SZSWZ748 TCTCA796 TDTCD148 TFATF260 ' +
	'TGTGO768 THTHA764 TJTJK762 TKTKL772 TLTLS626 TMTKM795 TNTUN788 TOTON776 TRTUR792 ' +
	'TTTTO780 TVTUV798 TWTWN158 TZTZA834 UAUKR804 UGUGA800 UMUMI581 USUSA840 UYURY858 ' +
	'UZUZB860 VAVAT336 VCVCT670 VEVEN862 VGVGB092 VIVIR850 VNVNM704 VUVUT548 WFWLF876 ' +
	'WSWSM882 YEYEM887 YTMYT175 ZAZAF710 ZMZMB894 ZWZWE716 ' +
	'XKXKX'
).split(' ');

/** Codes that are in use besides those of ISO 3166-1. */
const OTHER_CODES: Record<string, string> = { UK: 'GB', EL: 'GR' };

/**
 * English names by code, as people and other systems write them, besides those of Unicode's CLDR, which
 * `Intl` has. They are the formal names of ISO 3166-1, former ones, those of the World Bank's list of
 * economies, and names in daily use. Names of several countries, such as Congo or Korea, are left out.
 */
const OTHER_NAMES: Record<string, string> = {
	AE: 'uae, emirates',
	BA: 'bosnia, bosnia herzegovina',
	BN: 'brunei darussalam',
	BO: 'plurinational state of bolivia',
	BQ: 'bonaire sint eustatius and saba',
	CC: 'cocos keeling islands',
	CD: 'dr congo, drc, democratic republic of the congo, congo kinshasa, zaire, dem rep congo',
	CG: 'republic of the congo, congo brazzaville, rep congo',
	CI: 'ivory coast, cote d ivoire',
	CN: 'peoples republic of china, prc, mainland china',
	CV: 'cabo verde',
	CZ: 'czech republic',
	DE: 'federal republic of germany',
	EG: 'arab republic of egypt, arab rep egypt',
	FK: 'falkland islands malvinas, malvinas, falkland islands the malvinas',
	FM: 'federated states of micronesia, fed sts micronesia',
	GB: 'great britain, britain, england, scotland, wales, northern ireland, united kingdom of great britain and northern ireland',
	GS: 'south georgia and the south sandwich islands',
	HK: 'hong kong, hong kong sar',
	HM: 'heard island and mcdonald islands',
	IE: 'republic of ireland',
	IO: 'british indian ocean territory',
	IR: 'islamic republic of iran, islamic rep iran',
	KG: 'kyrgyz republic',
	KP: 'north korea, democratic peoples republic of korea, dprk, dem peoples rep korea',
	KR: 'south korea, republic of korea, rep korea',
	LA: 'lao, lao peoples democratic republic, lao pdr',
	LY: 'libyan arab jamahiriya',
	MD: 'republic of moldova',
	MF: 'saint martin french part',
	MK: 'macedonia, republic of north macedonia, former yugoslav republic of macedonia, fyrom, fyr macedonia',
	MM: 'burma, myanmar',
	MO: 'macau, macao, macao sar, macau sar',
	NL: 'holland, kingdom of the netherlands',
	PN: 'pitcairn',
	PS: 'palestine, state of palestine, west bank and gaza',
	RU: 'russian federation',
	SH: 'saint helena ascension and tristan da cunha',
	SK: 'slovak republic',
	SO: 'fed rep somalia',
	ST: 'sao tome',
	SX: 'sint maarten dutch part',
	SY: 'syrian arab republic',
	SZ: 'swaziland',
	TL: 'east timor',
	TR: 'turkey, republic of turkiye',
	TW: 'taiwan province of china, republic of china, taiwan china',
	TZ: 'united republic of tanzania',
	UM: 'united states minor outlying islands',
	US: 'united states of america, america',
	VA: 'vatican, holy see, vatican city state',
	VC: 'saint vincent and the grenadines',
	VE: 'bolivarian republic of venezuela, rb venezuela',
	VG: 'virgin islands british',
	VI: 'virgin islands us',
	VN: 'viet nam, socialist republic of viet nam',
	YE: 'rep yemen',
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

function buildCodes(): Map<string, string> {
	const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
	const codes = new Map<string, string>();
	for (const entry of CODES) {
		const [code, alpha3, number] = [entry.slice(0, 2), entry.slice(2, 5), entry.slice(5)];
		const own = [names.of(code) ?? '', ...(OTHER_NAMES[code]?.split(', ') ?? [])];
		const all = [...[code, alpha3, ...own].map(normalizeName), number];
		for (const name of all.filter((one) => one !== '')) codes.set(name, code);
	}
	for (const [other, code] of Object.entries(OTHER_CODES)) codes.set(normalizeName(other), code);
	return codes;
}

/** The two letters by number or normalized name. */
let codesByName: Map<string, string> | undefined;

/**
 * Formats a country as Persona asks for it: two capital letters of ISO 3166-1. It may be given by two
 * or three letters, by its three digits, or by its English name. Undefined if there is no such country,
 * and for digits that are also a calling code: 380 is Italy, or Ukraine.
 */
export function formatCountryCode(text: string): string | undefined {
	codesByName ??= buildCodes();
	const plain = toPlainCharacters(text).replace(/\s*\(the\)/i, '');
	if (/^\d{3}$/.test(plain)) {
		return parseCountryCallingCode(plain) === undefined ? codesByName.get(plain) : undefined;
	}
	const [, name = '', before = ''] = SORTED_NAME.exec(plain) ?? [];
	return (
		codesByName.get(normalizeName(plain)) ?? codesByName.get(normalizeName(`${before} ${name}`))
	);
}
