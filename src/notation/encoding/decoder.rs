//! A stream of bytes in some encoding, read as UTF-8.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::{DecoderResult, Encoding, UTF_16BE, UTF_16LE};

/// Bytes read from the source at a time.
const INPUT: usize = 1 << 16;

/// Room for what they decode to: no encoding needs more than three bytes of UTF-8 for one of its own.
const OUTPUT: usize = 3 * INPUT + 16;

/// Bytes kept of the earlier input, more than any malformed sequence has.
const KEPT: usize = 8;

/// Why a stream could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The encoding it was read in.
    pub encoding: &'static str,
    /// What was wrong.
    pub fault: Fault,
    /// Offset of the first byte that was wrong, from 0, a byte order mark included.
    pub offset: u64,
    /// Line of that byte, from 1.
    pub line: u64,
}

/// What is wrong with a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The bytes from this one on are no character of the encoding.
    Malformed {
        /// The first of them.
        byte: u8,
    },
    /// A NUL character, which no text has; often the sign of another encoding, UTF-16 above all.
    Nul,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { encoding, fault, offset, line } = self;
        match fault {
            Fault::Malformed { byte } => write!(f, "byte 0x{byte:02X} is not valid {encoding}")?,
            Fault::Nul => write!(f, "NUL character in {encoding} text")?,
        }
        write!(f, " (line {line}, byte offset {offset})")
    }
}

impl std::error::Error for DecodeError {}

/// Reads a source in some encoding as UTF-8, without its byte order mark.
///
/// A byte that is wrong ends the stream with an [`io::Error`] of kind `InvalidData` that holds a [`DecodeError`];
/// nothing is replaced.
pub struct Decoder<R> {
    source: R,
    encoding: &'static Encoding,
    state: encoding_rs::Decoder,
    /// Up to [`KEPT`] bytes of the earlier input, then the input.
    input: Vec<u8>,
    /// What of `input` was decoded.
    decoded: usize,
    /// Offset in the source of the first byte of `input`.
    base: u64,
    output: Vec<u8>,
    /// What of `output` is to be handed out.
    ready: std::ops::Range<usize>,
    lines: u64,
    source_ended: bool,
    finished: bool,
    failure: Option<DecodeError>,
}

impl<R> fmt::Debug for Decoder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("encoding", &self.encoding.name())
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Decoder<R> {
    /// A reader of `source`, which is in that encoding.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            encoding,
            state: encoding.new_decoder_with_bom_removal(),
            input: Vec::with_capacity(KEPT + INPUT),
            decoded: 0,
            base: 0,
            output: vec![0; OUTPUT],
            ready: 0..0,
            lines: 1,
            source_ended: false,
            finished: false,
            failure: None,
        }
    }

    /// Reads more of the source behind the last bytes of what was decoded.
    fn refill(&mut self) -> io::Result<()> {
        let dropped = self.decoded.saturating_sub(KEPT);
        self.input.drain(..dropped);
        self.decoded -= dropped;
        self.base += dropped as u64;
        let filled = self.input.len();
        self.input.resize(filled + INPUT, 0);
        let outcome = loop {
            match self.source.read(&mut self.input[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        self.input.truncate(filled + *outcome.as_ref().unwrap_or(&0));
        self.source_ended = outcome? == 0;
        Ok(())
    }

    /// Decodes what there is of the input.
    fn decode(&mut self) -> Result<(), DecodeError> {
        let input = &self.input[self.decoded..];
        let (result, read, written) =
            self.state.decode_to_utf8_without_replacement(input, &mut self.output, self.source_ended);
        let output = &self.output[..written];
        if let Some(offset) = self.nul(output, read) {
            let text_before = output.split(|b| *b == 0).next().unwrap_or_default();
            let line = self.lines + count_lines(text_before);
            return Err(DecodeError { encoding: self.encoding.name(), fault: Fault::Nul, offset, line });
        }
        self.lines += count_lines(output);
        self.decoded += read;
        self.ready = 0..written;
        match result {
            DecoderResult::InputEmpty => self.finished = self.source_ended,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                let at = self.decoded.saturating_sub(usize::from(length) + usize::from(after));
                let byte = self.input.get(at).copied().unwrap_or_default();
                self.failure = Some(DecodeError {
                    encoding: self.encoding.name(),
                    fault: Fault::Malformed { byte },
                    offset: self.base + at as u64,
                    line: self.lines,
                });
            }
        }
        Ok(())
    }

    /// Offset in the source of the first NUL character of the output, which `read` bytes decoded to. In all encodings
    /// but UTF-16 it is the byte 0; there it is two of them, at an even offset.
    fn nul(&self, output: &[u8], read: usize) -> Option<u64> {
        if !output.contains(&0) {
            return None;
        }
        let is_utf16 = self.encoding == UTF_16LE || self.encoding == UTF_16BE;
        let unit = if is_utf16 { 2 } else { 1 };
        let odd = (self.base + self.decoded as u64) % unit as u64;
        let from = self.decoded - odd as usize;
        let mut units = self.input[from..self.decoded + read].chunks_exact(unit);
        let at = units.position(|bytes| bytes.iter().all(|b| *b == 0))?;
        Some(self.base + (from + unit * at) as u64)
    }
}

fn count_lines(text: &[u8]) -> u64 {
    text.iter().map(|b| u64::from(*b == b'\n')).sum()
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while self.ready.is_empty() {
            if let Some(failure) = &self.failure {
                return Err(io::Error::new(io::ErrorKind::InvalidData, failure.clone()));
            }
            if self.finished {
                return Ok(0);
            }
            if self.decoded == self.input.len() && !self.source_ended {
                self.refill()?;
            }
            if let Err(failure) = self.decode() {
                self.failure = Some(failure);
            }
        }
        let count = self.ready.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.output[self.ready.start..self.ready.start + count]);
        self.ready.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, UTF_8, WINDOWS_1252, WINDOWS_1256};
    use proptest::prelude::*;

    use super::*;

    /// A source that gives a few bytes at a time.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (head, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(head);
            self.0 = rest;
            Ok(count)
        }
    }

    fn decoded(bytes: &[u8], encoding: &'static Encoding, step: usize) -> Result<String, DecodeError> {
        let mut text = String::new();
        match Decoder::new(Dribble(bytes, step), encoding).read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(error.get_ref().unwrap().downcast_ref::<DecodeError>().unwrap().clone()),
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        let bytes = b"N\xba Cliente;Valor\r\n1;2\r\n";
        for step in [1, 2, 1000] {
            let error = decoded(bytes, UTF_8, step).unwrap_err();
            assert_eq!(error.to_string(), "byte 0xBA is not valid UTF-8 (line 1, byte offset 1)");
        }
        let late = b"\xef\xbb\xbfa\nb\xc3\xa9\n\xe2\x82z";
        for step in [1, 3, 1000] {
            let error = decoded(late, UTF_8, step).unwrap_err();
            assert_eq!((error.fault, error.offset, error.line), (Fault::Malformed { byte: 0xe2 }, 9, 3), "{step}");
        }
        let long = decoded(b"a\n\x81\x30\x81 b", GB18030, 1000).unwrap_err();
        assert_eq!((long.fault, long.offset, long.line), (Fault::Malformed { byte: 0x81 }, 2, 2));
        let cut = decoded(b"abc\n\xe2\x82", UTF_8, 1).unwrap_err();
        assert_eq!((cut.offset, cut.line), (4, 2));
    }

    #[test]
    fn marks_are_left_out_and_lines_kept() {
        assert_eq!(decoded(b"\xef\xbb\xbfid\r\n1", UTF_8, 1).as_deref(), Ok("id\r\n1"));
        assert_eq!(decoded(b"N\xba \xc9VORA", WINDOWS_1252, 1).as_deref(), Ok("Nº ÉVORA"));
        assert_eq!(decoded(b"\xda\xe1\xed", WINDOWS_1256, 1).as_deref(), Ok("علي"));
        let text = "\u{feff}ÉT-001\tشعبه-۳\r\n😀";
        for step in [1, 3, 1000] {
            assert_eq!(decoded(&utf16(text, u16::to_le_bytes), UTF_16LE, step).as_deref(), Ok(&text[3..]));
            assert_eq!(decoded(&utf16(text, u16::to_be_bytes), UTF_16BE, step).as_deref(), Ok(&text[3..]));
        }
    }

    #[test]
    fn nul_characters_are_refused() {
        let bytes = utf16("a\nb", u16::to_le_bytes);
        let error = decoded(&bytes, UTF_8, 1000).unwrap_err();
        assert_eq!(error.to_string(), "NUL character in UTF-8 text (line 1, byte offset 1)");
        let inside = utf16("\u{feff}a\n\0b", u16::to_le_bytes);
        let error = decoded(&inside, UTF_16LE, 1000).unwrap_err();
        assert_eq!((error.fault, error.offset, error.line), (Fault::Nul, 6, 2));
        for step in [1, 3] {
            assert_eq!(decoded(&inside, UTF_16LE, step).unwrap_err(), error, "{step}");
        }
    }

    #[test]
    fn a_long_text_passes_in_pieces() {
        let text = "شماره;مبلغ\n۱۲۳;é€😀\n".repeat(20_000);
        assert_eq!(decoded(text.as_bytes(), UTF_8, usize::MAX).as_deref(), Ok(text.as_str()));
        let mut broken = text.clone().into_bytes();
        broken.push(0xff);
        let error = decoded(&broken, UTF_8, 7_777).unwrap_err();
        assert_eq!((error.offset, error.line), (text.len() as u64, 40_001));
    }

    proptest! {
        #[test]
        fn utf16_and_utf8_texts_come_through(text in "[^\0\u{feff}]{0,40}", step in 1_usize..9) {
            prop_assert_eq!(decoded(text.as_bytes(), UTF_8, step), Ok(text.clone()));
            prop_assert_eq!(decoded(&utf16(&text, u16::to_le_bytes), UTF_16LE, step), Ok(text.clone()));
            prop_assert_eq!(decoded(&utf16(&text, u16::to_be_bytes), UTF_16BE, step), Ok(text));
        }

        #[test]
        fn a_bad_byte_is_found_where_it_is(bytes in prop::collection::vec(1_u8.., 0..60), step in 1_usize..9) {
            prop_assume!(!bytes.starts_with(&[0xef, 0xbb, 0xbf]));
            match (decoded(&bytes, UTF_8, step), std::str::from_utf8(&bytes)) {
                (Ok(text), Ok(expected)) => prop_assert_eq!(text, expected),
                (Err(error), Err(expected)) => prop_assert_eq!(error.offset, expected.valid_up_to() as u64),
                (found, expected) => prop_assert!(false, "{:?} {:?}", found, expected),
            }
        }
    }
}
