//! Character sets and collations, as SHOW lists them: those of 5.6.24, and GB18030, which is new in
//! 5.7.

/// Name, description, longest character. The default collation is the first of its collations that
/// is marked.
pub const CHARSETS: &[(&str, &str, &str)] = &[
    ("big5", "Big5 Traditional Chinese", "2"),
    ("dec8", "DEC West European", "1"),
    ("cp850", "DOS West European", "1"),
    ("hp8", "HP West European", "1"),
    ("koi8r", "KOI8-R Relcom Russian", "1"),
    ("latin1", "cp1252 West European", "1"),
    ("latin2", "ISO 8859-2 Central European", "1"),
    ("swe7", "7bit Swedish", "1"),
    ("ascii", "US ASCII", "1"),
    ("ujis", "EUC-JP Japanese", "3"),
    ("sjis", "Shift-JIS Japanese", "2"),
    ("hebrew", "ISO 8859-8 Hebrew", "1"),
    ("tis620", "TIS620 Thai", "1"),
    ("euckr", "EUC-KR Korean", "2"),
    ("koi8u", "KOI8-U Ukrainian", "1"),
    ("gb2312", "GB2312 Simplified Chinese", "2"),
    ("greek", "ISO 8859-7 Greek", "1"),
    ("cp1250", "Windows Central European", "1"),
    ("gbk", "GBK Simplified Chinese", "2"),
    ("latin5", "ISO 8859-9 Turkish", "1"),
    ("armscii8", "ARMSCII-8 Armenian", "1"),
    ("utf8", "UTF-8 Unicode", "3"),
    ("ucs2", "UCS-2 Unicode", "2"),
    ("cp866", "DOS Russian", "1"),
    ("keybcs2", "DOS Kamenicky Czech-Slovak", "1"),
    ("macce", "Mac Central European", "1"),
    ("macroman", "Mac West European", "1"),
    ("cp852", "DOS Central European", "1"),
    ("latin7", "ISO 8859-13 Baltic", "1"),
    ("utf8mb4", "UTF-8 Unicode", "4"),
    ("cp1251", "Windows Cyrillic", "1"),
    ("utf16", "UTF-16 Unicode", "4"),
    ("utf16le", "UTF-16LE Unicode", "4"),
    ("cp1256", "Windows Arabic", "1"),
    ("cp1257", "Windows Baltic", "1"),
    ("utf32", "UTF-32 Unicode", "4"),
    ("binary", "Binary pseudo charset", "1"),
    ("geostd8", "GEOSTD8 Georgian", "1"),
    ("cp932", "SJIS for Windows Japanese", "2"),
    ("eucjpms", "UJIS for Windows Japanese", "3"),
    ("gb18030", "China National Standard GB18030", "4"),
];

/// Name, number, D for a default, and how much memory sorting takes, where that is not 1.
pub const COLLATIONS: &str = "\
    big5_chinese_ci:1:D big5_bin:84 dec8_swedish_ci:3:D dec8_bin:69 cp850_general_ci:4:D \
    cp850_bin:80 hp8_english_ci:6:D hp8_bin:72 koi8r_general_ci:7:D koi8r_bin:74 \
    latin1_german1_ci:5 latin1_swedish_ci:8:D latin1_danish_ci:15 latin1_german2_ci:31:2 \
    latin1_bin:47 latin1_general_ci:48 latin1_general_cs:49 latin1_spanish_ci:94 \
    latin2_czech_cs:2:4 latin2_general_ci:9:D latin2_hungarian_ci:21 latin2_croatian_ci:27 \
    latin2_bin:77 swe7_swedish_ci:10:D swe7_bin:82 ascii_general_ci:11:D ascii_bin:65 \
    ujis_japanese_ci:12:D ujis_bin:91 sjis_japanese_ci:13:D sjis_bin:88 hebrew_general_ci:16:D \
    hebrew_bin:71 tis620_thai_ci:18:D:4 tis620_bin:89 euckr_korean_ci:19:D euckr_bin:85 \
    koi8u_general_ci:22:D koi8u_bin:75 gb2312_chinese_ci:24:D gb2312_bin:86 \
    greek_general_ci:25:D greek_bin:70 cp1250_general_ci:26:D cp1250_czech_cs:34:2 \
    cp1250_croatian_ci:44 cp1250_bin:66 cp1250_polish_ci:99 gbk_chinese_ci:28:D gbk_bin:87 \
    latin5_turkish_ci:30:D latin5_bin:78 armscii8_general_ci:32:D armscii8_bin:64 \
    utf8_general_ci:33:D utf8_bin:83 utf8_unicode_ci:192:8 utf8_icelandic_ci:193:8 \
    utf8_latvian_ci:194:8 utf8_romanian_ci:195:8 utf8_slovenian_ci:196:8 utf8_polish_ci:197:8 \
    utf8_estonian_ci:198:8 utf8_spanish_ci:199:8 utf8_swedish_ci:200:8 utf8_turkish_ci:201:8 \
    utf8_czech_ci:202:8 utf8_danish_ci:203:8 utf8_lithuanian_ci:204:8 utf8_slovak_ci:205:8 \
    utf8_spanish2_ci:206:8 utf8_roman_ci:207:8 utf8_persian_ci:208:8 utf8_esperanto_ci:209:8 \
    utf8_hungarian_ci:210:8 utf8_sinhala_ci:211:8 utf8_german2_ci:212:8 utf8_croatian_ci:213:8 \
    utf8_unicode_520_ci:214:8 utf8_vietnamese_ci:215:8 utf8_general_mysql500_ci:223 \
    ucs2_general_ci:35:D ucs2_bin:90 ucs2_unicode_ci:128:8 ucs2_icelandic_ci:129:8 \
    ucs2_latvian_ci:130:8 ucs2_romanian_ci:131:8 ucs2_slovenian_ci:132:8 ucs2_polish_ci:133:8 \
    ucs2_estonian_ci:134:8 ucs2_spanish_ci:135:8 ucs2_swedish_ci:136:8 ucs2_turkish_ci:137:8 \
    ucs2_czech_ci:138:8 ucs2_danish_ci:139:8 ucs2_lithuanian_ci:140:8 ucs2_slovak_ci:141:8 \
    ucs2_spanish2_ci:142:8 ucs2_roman_ci:143:8 ucs2_persian_ci:144:8 ucs2_esperanto_ci:145:8 \
    ucs2_hungarian_ci:146:8 ucs2_sinhala_ci:147:8 ucs2_german2_ci:148:8 ucs2_croatian_ci:149:8 \
    ucs2_unicode_520_ci:150:8 ucs2_vietnamese_ci:151:8 ucs2_general_mysql500_ci:159 \
    cp866_general_ci:36:D cp866_bin:68 keybcs2_general_ci:37:D keybcs2_bin:73 \
    macce_general_ci:38:D macce_bin:43 macroman_general_ci:39:D macroman_bin:53 \
    cp852_general_ci:40:D cp852_bin:81 latin7_estonian_cs:20 latin7_general_ci:41:D \
    latin7_general_cs:42 latin7_bin:79 utf8mb4_general_ci:45:D utf8mb4_bin:46 \
    utf8mb4_unicode_ci:224:8 utf8mb4_icelandic_ci:225:8 utf8mb4_latvian_ci:226:8 \
    utf8mb4_romanian_ci:227:8 utf8mb4_slovenian_ci:228:8 utf8mb4_polish_ci:229:8 \
    utf8mb4_estonian_ci:230:8 utf8mb4_spanish_ci:231:8 utf8mb4_swedish_ci:232:8 \
    utf8mb4_turkish_ci:233:8 utf8mb4_czech_ci:234:8 utf8mb4_danish_ci:235:8 \
    utf8mb4_lithuanian_ci:236:8 utf8mb4_slovak_ci:237:8 utf8mb4_spanish2_ci:238:8 \
    utf8mb4_roman_ci:239:8 utf8mb4_persian_ci:240:8 utf8mb4_esperanto_ci:241:8 \
    utf8mb4_hungarian_ci:242:8 utf8mb4_sinhala_ci:243:8 utf8mb4_german2_ci:244:8 \
    utf8mb4_croatian_ci:245:8 utf8mb4_unicode_520_ci:246:8 utf8mb4_vietnamese_ci:247:8 \
    cp1251_bulgarian_ci:14 cp1251_ukrainian_ci:23 cp1251_bin:50 cp1251_general_ci:51:D \
    cp1251_general_cs:52 utf16_general_ci:54:D utf16_bin:55 utf16_unicode_ci:101:8 \
    utf16_icelandic_ci:102:8 utf16_latvian_ci:103:8 utf16_romanian_ci:104:8 \
    utf16_slovenian_ci:105:8 utf16_polish_ci:106:8 utf16_estonian_ci:107:8 \
    utf16_spanish_ci:108:8 utf16_swedish_ci:109:8 utf16_turkish_ci:110:8 utf16_czech_ci:111:8 \
    utf16_danish_ci:112:8 utf16_lithuanian_ci:113:8 utf16_slovak_ci:114:8 \
    utf16_spanish2_ci:115:8 utf16_roman_ci:116:8 utf16_persian_ci:117:8 utf16_esperanto_ci:118:8 \
    utf16_hungarian_ci:119:8 utf16_sinhala_ci:120:8 utf16_german2_ci:121:8 \
    utf16_croatian_ci:122:8 utf16_unicode_520_ci:123:8 utf16_vietnamese_ci:124:8 \
    utf16le_general_ci:56:D utf16le_bin:62 cp1256_general_ci:57:D cp1256_bin:67 \
    cp1257_lithuanian_ci:29 cp1257_bin:58 cp1257_general_ci:59:D utf32_general_ci:60:D \
    utf32_bin:61 utf32_unicode_ci:160:8 utf32_icelandic_ci:161:8 utf32_latvian_ci:162:8 \
    utf32_romanian_ci:163:8 utf32_slovenian_ci:164:8 utf32_polish_ci:165:8 \
    utf32_estonian_ci:166:8 utf32_spanish_ci:167:8 utf32_swedish_ci:168:8 utf32_turkish_ci:169:8 \
    utf32_czech_ci:170:8 utf32_danish_ci:171:8 utf32_lithuanian_ci:172:8 utf32_slovak_ci:173:8 \
    utf32_spanish2_ci:174:8 utf32_roman_ci:175:8 utf32_persian_ci:176:8 utf32_esperanto_ci:177:8 \
    utf32_hungarian_ci:178:8 utf32_sinhala_ci:179:8 utf32_german2_ci:180:8 \
    utf32_croatian_ci:181:8 utf32_unicode_520_ci:182:8 utf32_vietnamese_ci:183:8 binary:63:D \
    geostd8_general_ci:92:D geostd8_bin:93 cp932_japanese_ci:95:D cp932_bin:96 \
    eucjpms_japanese_ci:97:D eucjpms_bin:98 gb18030_chinese_ci:248:D:2 gb18030_bin:249 \
    gb18030_unicode_520_ci:250:8";

/// Each collation's name and number.
fn numbered() -> impl Iterator<Item = (&'static str, u16)> {
    COLLATIONS.split_whitespace().filter_map(|entry| {
        let mut parts = entry.split(':');
        Some((parts.next()?, parts.next()?.parse().ok()?))
    })
}

/// A collation's number.
pub fn collation_number(collation: &str) -> Option<u16> {
    numbered().find(|(name, _)| *name == collation).map(|(_, number)| number)
}

/// A character set and its collation, by the collation's number.
pub fn collation_of(number: u16) -> Option<(&'static str, &'static str)> {
    let (name, _) = numbered().find(|(_, known)| *known == number)?;
    Some((name.split('_').next().unwrap_or(name), name))
}
