//! Which encoding a text file is in, and reading it as UTF-8 without ever replacing a byte in silence.

mod decoder;
mod detect;
mod likeness;

pub use decoder::{DecodeError, Decoder, Fault};
pub use detect::detect;
pub use encoding_rs::Encoding;

/// The encoding of a label, such as `utf-8`, `utf-16le`, `windows-1256`, `cp1252`, `latin1`: the labels of the
/// WHATWG Encoding Standard, in which `latin1` and `iso-8859-1` are Windows-1252.
pub fn named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes())
}
