//! The encoding of a file, from its first bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, IBM866, ISO_8859_2, ISO_8859_5, ISO_8859_6, ISO_8859_7,
    ISO_8859_15, KOI8_R, MACINTOSH, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_874, WINDOWS_1250, WINDOWS_1251,
    WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use super::super::detected::{Detected, Example, Partial, Reading, Unread, Verdict};
use super::likeness::{self, Likeness};

/// Encodings that are tried on text that is neither UTF-8 nor UTF-16, the more usual ones first.
const LEGACY: [&Encoding; 23] = [
    WINDOWS_1252,
    WINDOWS_1256,
    WINDOWS_1250,
    WINDOWS_1251,
    WINDOWS_1254,
    WINDOWS_1253,
    WINDOWS_1255,
    WINDOWS_1257,
    WINDOWS_1258,
    WINDOWS_874,
    ISO_8859_2,
    ISO_8859_5,
    ISO_8859_6,
    ISO_8859_7,
    ISO_8859_15,
    KOI8_R,
    IBM866,
    MACINTOSH,
    SHIFT_JIS,
    EUC_JP,
    GB18030,
    BIG5,
    EUC_KR,
];

/// By how much the share of coherent words may fall behind the best for an encoding to stay in question.
const MARGIN: f64 = 0.1;

/// Words beyond ASCII from which on a guess among legacy encodings counts as more than a toss.
const ENOUGH_WORDS: usize = 3;

/// Share of the NUL bytes that must be on one side of the pairs in UTF-16.
const ONE_SIDED: usize = 90;

/// Lines quoted as examples.
const QUOTED: usize = 3;

/// Most characters quoted of a line.
const QUOTED_CHARS: usize = 80;

/// Which encoding bytes are in; `whole` tells that they are the whole file and not just its head.
///
/// Certain are a byte order mark, UTF-16 without one (the NUL bytes of its ASCII characters all on one side), and
/// valid UTF-8. Anything else is a legacy encoding, which no rule can prove: at best one is plausible, by the letter
/// frequencies of `chardetng` and by words that stay within one script, and the others that are in question are
/// reported with what they would make of the text. Samples are lines, counted from 1.
pub fn detect(head: &[u8], whole: bool) -> Detected<&'static Encoding> {
    let lines = head.split_inclusive(|b| *b == b'\n').count();
    let (verdict, unread) = judge(head, whole);
    Detected { samples: lines, verdict, unread }
}

type Outcome = (Verdict<&'static Encoding>, Vec<Unread>);

fn judge(head: &[u8], whole: bool) -> Outcome {
    if head.is_empty() {
        return (Verdict::Nothing, Vec::new());
    }
    if head.starts_with(&[0xff, 0xfe, 0, 0]) || head.starts_with(&[0, 0, 0xfe, 0xff]) {
        return refused("UTF-32, by its byte order mark; export the file as UTF-8");
    }
    if let Some((encoding, length)) = Encoding::for_bom(head) {
        let mark: Vec<String> = head[..length].iter().map(|b| format!("{b:02X}")).collect();
        return certain(encoding, 1, &mark.join(" "), "its byte order mark");
    }
    if let Some(at) = head.iter().position(|b| *b == 0) {
        return match utf16_by_nuls(head, whole) {
            Some(encoding) => {
                let says = format!("UTF-16 without a byte order mark: NUL bytes from byte {} on", at + 1);
                certain(encoding, 1, "", &says)
            }
            None => refused(&format!("NUL byte at offset {at}, and not UTF-16: no text file")),
        };
    }
    match std::str::from_utf8(head) {
        Ok(text) => certain_utf8(text),
        Err(error) if error.error_len().is_none() && !whole => {
            certain_utf8(std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default())
        }
        Err(_) if is_damaged_utf8(head) => (damaged(head), Vec::new()),
        Err(_) => (legacy(head, whole), Vec::new()),
    }
}

fn refused(reason: &str) -> Outcome {
    (Verdict::Nothing, vec![Unread { sample: 1, text: String::new(), reason: reason.to_owned() }])
}

fn certain(encoding: &'static Encoding, sample: usize, text: &str, says: &str) -> Outcome {
    let evidence = vec![Example { sample, text: text.to_owned(), says: says.to_owned() }];
    (Verdict::Certain(Reading { notation: encoding, examples: Vec::new(), evidence }), Vec::new())
}

fn certain_utf8(text: &str) -> Outcome {
    match text.lines().enumerate().find(|(_, line)| !line.is_ascii()) {
        Some((at, line)) => certain(UTF_8, at + 1, &cut(line), "valid UTF-8 beyond ASCII"),
        None => certain(UTF_8, 1, "", "nothing beyond ASCII, which every encoding shares"),
    }
}

/// UTF-16 without a byte order mark: its ASCII characters have their NUL byte last (little-endian) or first.
fn utf16_by_nuls(head: &[u8], whole: bool) -> Option<&'static Encoding> {
    let odd = head.iter().skip(1).step_by(2).filter(|b| **b == 0).count();
    let even = head.iter().step_by(2).filter(|b| **b == 0).count();
    let encoding = match (100 * odd >= ONE_SIDED * (odd + even), 100 * even >= ONE_SIDED * (odd + even)) {
        (true, false) => UTF_16LE,
        (false, true) => UTF_16BE,
        _ => return None,
    };
    let whole = whole && head.len().is_multiple_of(2);
    let text = decode(head, encoding, whole)?;
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\r' | '\n');
    // numbers of a binary file have such NULs too, but not mostly
    (text.chars().all(is_text) && 8 * (odd + even) >= head.len()).then_some(encoding)
}

/// The text, unless a byte is wrong or decodes to a control character that no text has.
fn decode(head: &[u8], encoding: &'static Encoding, whole: bool) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(head.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(head, &mut text, whole);
    let is_c1 = |c: char| ('\u{80}'..='\u{9f}').contains(&c) || c == '\u{fffd}';
    (result == DecoderResult::InputEmpty && !text.contains(is_c1)).then_some(text)
}

/// Whether nearly all of the bytes beyond ASCII are valid UTF-8.
fn is_damaged_utf8(head: &[u8]) -> bool {
    let (mut valid, mut wrong) = (0, 0);
    for chunk in head.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    valid >= 10 * wrong
}

fn damaged(head: &[u8]) -> Verdict<&'static Encoding> {
    let (mut read, mut unread) = (0, Vec::new());
    let mut start = 0;
    for (at, line) in head.split(|b| *b == b'\n').enumerate() {
        match std::str::from_utf8(line) {
            Ok(_) => read += 1,
            Err(error) => {
                let offset = start + error.valid_up_to();
                let reason = format!("byte 0x{:02X} at offset {offset} is not valid UTF-8", head[offset]);
                unread.push(Unread { sample: at + 1, text: cut(&String::from_utf8_lossy(line)), reason });
            }
        }
        start += line.len() + 1;
    }
    Verdict::Conflict(vec![Partial { notation: UTF_8, read, unread }])
}

/// An encoding with the text it makes of the bytes.
struct Candidate {
    encoding: &'static Encoding,
    text: String,
    likeness: Likeness,
}

fn legacy(head: &[u8], whole: bool) -> Verdict<&'static Encoding> {
    let candidate = |encoding: &&'static Encoding| {
        let text = decode(head, encoding, whole)?;
        let likeness = likeness::judge(&text);
        Some(Candidate { encoding, text, likeness })
    };
    let mut candidates: Vec<Candidate> = LEGACY.iter().filter_map(candidate).collect();
    let best = candidates.iter().map(|c| c.likeness.share()).fold(0.0, f64::max);
    candidates.retain(|c| c.likeness.share() >= best - MARGIN);
    let guess = guess(head, whole);
    let at = candidates.iter().position(|c| c.encoding == guess);
    let chosen = if candidates.is_empty() { None } else { Some(candidates.remove(at.unwrap_or(0))) };
    let Some(chosen) = chosen else { return Verdict::Nothing };
    let alike = candidates.iter().filter(|c| c.text == chosen.text).map(|c| c.encoding.name());
    let alike: Vec<&str> = alike.collect();
    let mut others: Vec<Reading<_>> = Vec::new();
    let mut texts = vec![chosen.text.as_str()];
    for rival in &candidates {
        if !texts.contains(&rival.text.as_str()) {
            texts.push(&rival.text);
            others.push(reading(rival, &chosen.text));
        }
    }
    let mut reading = reading(&chosen, rival_text(&candidates, &chosen.text));
    let Likeness { words, coherent } = chosen.likeness;
    let mut says = format!("{coherent} of {words} words beyond ASCII are coherent");
    if at.is_some() {
        says.push_str("; the letter frequencies agree");
    }
    if !alike.is_empty() {
        says.push_str("; the same text as in ");
        says.push_str(&alike.join(", "));
    }
    let first = reading.examples.first().map_or((1, String::new()), |e| (e.sample, e.says.clone()));
    reading.evidence = vec![Example { sample: first.0, text: first.1, says }];
    if others.is_empty() || (at.is_some() && words >= ENOUGH_WORDS) {
        return Verdict::Plausible { chosen: reading, others };
    }
    Verdict::Ambiguous(std::iter::once(reading).chain(others).collect())
}

/// The text of the first candidate that reads the bytes in another way, empty when there is none.
fn rival_text<'a>(candidates: &'a [Candidate], chosen: &str) -> &'a str {
    candidates.iter().find(|c| c.text != chosen).map_or("", |c| c.text.as_str())
}

/// A candidate with the lines on which it differs from another text.
fn reading(candidate: &Candidate, other: &str) -> Reading<&'static Encoding> {
    let mut others = other.lines();
    let pairs = candidate.text.lines().map(|line| (line, others.next()));
    let differing = pairs.enumerate().filter(|(_, (line, other))| !line.is_ascii() && Some(*line) != *other);
    let example = |(at, (line, _)): (usize, (&str, Option<&str>))| Example {
        sample: at + 1,
        text: String::new(),
        says: cut(line),
    };
    let examples = differing.map(example).take(QUOTED).collect();
    Reading { notation: candidate.encoding, examples, evidence: Vec::new() }
}

/// The guess by letter frequencies.
fn guess(head: &[u8], whole: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    match detector.guess(None, Utf8Detection::Deny) {
        guess if guess == encoding_rs::GBK => GB18030,
        guess => guess,
    }
}

fn cut(line: &str) -> String {
    line.trim_end().chars().take(QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(verdict: &Verdict<&'static Encoding>) -> Option<&'static str> {
        match verdict {
            Verdict::Certain(r) | Verdict::Plausible { chosen: r, .. } => Some(r.notation.name()),
            _ => None,
        }
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy, "{text}");
        bytes.into_owned()
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn marks_decide() {
        for (bytes, expected) in
            [(&b"\xef\xbb\xbfid\n"[..], "UTF-8"), (b"\xff\xfei\0d\0", "UTF-16LE"), (b"\xfe\xff\0i\0d", "UTF-16BE")]
        {
            let found = detect(bytes, true);
            assert!(matches!(found.verdict, Verdict::Certain(_)));
            assert_eq!(name(&found.verdict), Some(expected));
        }
        let found = detect(b"\xff\xfe\0\0i\0\0\0", true);
        assert_eq!(found.verdict, Verdict::Nothing);
        assert!(found.unread[0].reason.starts_with("UTF-32"));
    }

    #[test]
    fn utf16_is_told_by_its_nuls() {
        let text = "Customer ID\tOrder Date\tSales\r\nÉT-001\t2024-03-01\t10.50\r\nشعبه-۳\t2024-03-02\t20.00\r\n";
        let found = detect(&utf16(text, u16::to_le_bytes), true);
        let Verdict::Certain(reading) = &found.verdict else { panic!("{found:?}") };
        assert_eq!(reading.notation, UTF_16LE);
        assert_eq!(reading.evidence[0].says, "UTF-16 without a byte order mark: NUL bytes from byte 2 on");
        assert_eq!(name(&detect(&utf16(text, u16::to_be_bytes), true).verdict), Some("UTF-16BE"));
        // a head may end within a character
        assert_eq!(name(&detect(&utf16(text, u16::to_le_bytes)[..31], false).verdict), Some("UTF-16LE"));
        let binary = detect(b"PK\x03\x04\0\0\x07\x11\0\x99abc", true);
        assert_eq!(binary.verdict, Verdict::Nothing);
        assert!(binary.unread[0].reason.starts_with("NUL byte at offset 4"));
    }

    #[test]
    fn valid_utf8_is_certain() {
        assert_eq!(name(&detect("id;città\n".as_bytes(), true).verdict), Some("UTF-8"));
        assert_eq!(name(&detect(b"id;city\n", true).verdict), Some("UTF-8"));
        let cut = "id;città".as_bytes();
        assert_eq!(name(&detect(&cut[..cut.len() - 1], false).verdict), Some("UTF-8"));
        assert!(!matches!(detect(&cut[..cut.len() - 1], true).verdict, Verdict::Certain(_)));
        assert_eq!(detect(b"", true).verdict, Verdict::Nothing);
    }

    #[test]
    fn damaged_utf8_is_no_legacy_text() {
        let mut bytes = "Größe;Länge;Höhe;Gewähr\nfünf;zwölf;größer;schön\nüber;für;Tür\n".as_bytes().to_vec();
        bytes.extend_from_slice(b"caf\xe9\n");
        let Verdict::Conflict(partials) = detect(&bytes, true).verdict else { panic!() };
        assert_eq!((partials[0].notation, partials[0].unread[0].sample), (UTF_8, 4));
        assert!(partials[0].unread[0].reason.starts_with("byte 0xE9 at offset"));
    }

    #[test]
    fn western_text_is_windows_1252_with_others_in_question() {
        let text = "Nº Cliente;Endereço;Município\n0417;Av. da Conceição 8, 2.º Dto;ÉVORA\n0418;Rua Nova, 3;LOULÉ\n";
        let found = detect(&encoded(text, WINDOWS_1252), true);
        let Verdict::Plausible { chosen, others } = &found.verdict else { panic!("{found:?}") };
        assert_eq!(chosen.notation, WINDOWS_1252);
        assert!(chosen.examples[0].says.contains("Nº Cliente"), "{chosen:?}");
        assert!(others.iter().any(|r| r.notation == WINDOWS_1250), "{others:?}");
        assert!(!others.iter().any(|r| r.notation == WINDOWS_1256), "{others:?}");
    }

    #[test]
    fn persian_and_arabic_text_is_windows_1256() {
        for text in [
            "شماره;نام;شهر\n1;علي كريمي;تهران\n2;زهرا محمدي;اصفهان\n3;پريسا گلستاني;چالوس\n",
            "الرقم;الاسم;المدينة\n1;محمد علي;الرياض\n2;فاطمة حسن;القاهرة\n",
            "id,name\n1,تهران\n2,مشهد\n3,شيراز\n",
        ] {
            assert_eq!(name(&detect(&encoded(text, WINDOWS_1256), true).verdict), Some("windows-1256"), "{text}");
        }
    }

    #[test]
    fn other_scripts_are_found() {
        for (text, encoding) in [
            ("Имя;Город\nИван Петров;Москва\nАнна Смирнова;Казань\n", WINDOWS_1251),
            ("Όνομα;Πόλη\nΓιώργος Παπαδόπουλος;Αθήνα\nΜαρία;Θεσσαλονίκη\n", WINDOWS_1253),
            ("Jméno;Město\nJiří Dvořák;Plzeň\nŽofie Nováková;Třebíč\nŠtěpán Kučera;Ústí\n", WINDOWS_1250),
            ("Ad;Şehir\nAyşe Yılmaz;İstanbul\nMehmet Öztürk;Iğdır\nÇağrı Şahin;Muğla\n", WINDOWS_1254),
            ("名前;都市\n山田太郎;東京\n鈴木花子;大阪\n", SHIFT_JIS),
        ] {
            assert_eq!(name(&detect(&encoded(text, encoding), true).verdict), Some(encoding.name()), "{text}");
        }
    }

    #[test]
    fn a_single_word_is_no_proof() {
        let found = detect(&encoded("id,name\n1,São\n", WINDOWS_1252), true);
        let Verdict::Ambiguous(readings) = &found.verdict else { panic!("{found:?}") };
        let says: Vec<_> = readings.iter().map(|r| r.examples[0].says.as_str()).collect();
        assert!(says.contains(&"1,São") && says.contains(&"1,Săo"), "{says:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), whole: bool) {
            let _ = detect(&bytes, whole);
        }

        #[test]
        fn utf8_is_never_taken_for_another(text in "[^\0\u{feff}]{1,60}") {
            prop_assert_eq!(name(&detect(text.as_bytes(), true).verdict), Some("UTF-8"));
        }
    }
}
