/**
 * Whether a text shows nothing: blanks, line ends, control characters, and marks without a shape of
 * their own, such as zero-width spaces, direction marks and byte-order marks (Unicode's
 * `Default_Ignorable_Code_Point`, its categories Cc and Cf, and the empty Braille pattern).
 */
export const isBlank = (text: string): boolean => /^[\s\p{Cc}\p{Cf}\p{DI}\u2800]*$/u.test(text);
