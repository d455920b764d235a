//! Files in a zip archive: stored, dated 1980-01-01, so that equal files give equal bytes.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ExportedFile;

/// The archive.
pub fn zip(files: &[ExportedFile]) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, file) in files.iter().enumerate() {
        // Two files of one name, from two folders: the later one gets a number.
        let again = files[..index].iter().any(|other| other.name == file.name);
        let name = if again { format!("{}-{}", index + 1, file.name) } else { file.name.clone() };
        archive.start_file(name, options).expect("memory takes a small file with a short name");
        archive.write_all(file.text.as_bytes()).expect("memory takes a small file");
    }
    archive.finish().expect("memory takes the directory").into_inner()
}
