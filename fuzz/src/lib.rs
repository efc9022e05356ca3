//! What the targets share: bytes as a file, read as the program reads it.

use std::path::PathBuf;
use std::sync::OnceLock;

use acrm::source::{
    ColumnMap, Format, InputFile, SourceError, SourceFile, SourceOptions, batches, discover, head, sample,
};

/// A folder for one file, in memory where there is such a place.
fn folder() -> &'static tempfile::TempDir {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        folder.expect("a folder")
    })
}

/// Reads with panics that the program catches left alone: they are errors to it. Whatever it does not catch still ends
/// the run.
pub fn read_guarded(name: &str, bytes: &[u8]) {
    static QUIET: std::sync::Once = std::sync::Once::new();
    // the fuzzer's own hook would end the run before anything can be caught
    QUIET.call_once(|| std::panic::set_hook(Box::new(|_| ())));
    read(name, bytes);
}

/// Reads bytes as a file of that name: looked at, headed, and read to the end.
pub fn read(name: &str, bytes: &[u8]) {
    let path = folder().path().join(name);
    std::fs::write(&path, bytes).expect("written");
    // an error is a good end, a panic is not
    let _ = sample(&path, name);
    let options = SourceOptions { path: acrm::source::PathList::One(name.to_owned()), ..SourceOptions::default() };
    let Ok(files) = discover("transactions", &options, folder().path(), folder().path()) else { return };
    for file in files {
        read_file(file, &options);
    }
}

fn read_file(file: InputFile, options: &SourceOptions) {
    let Ok(head) = head("transactions", &file, options) else { return };
    let wanted = head.names().enumerate().map(|(at, _)| (format!("c{at}"), format!("#{}", at + 1))).take(8);
    let columns = ColumnMap(wanted.collect());
    let is_text = file.format == Format::Csv;
    let source = SourceFile { file, head, columns };
    let mut last = 0;
    let _ = batches("transactions", &source, |batch| -> Result<(), SourceError> {
        assert_eq!(batch.frame.height(), batch.lines.len());
        for row in 0..batch.lines.len() {
            assert!(!is_text || batch.lines.of(row) > last, "lines ascend");
            last = batch.lines.of(row);
        }
        Ok(())
    });
}
