//! Against published outputs of the real program.

use super::options::{Base64, Options};
use super::reader::{Flow, Reader};
use crate::base::Blob;
use crate::base::base64::unbase64;
use crate::mysql::binlog::{decode_whole, encode, header};

const INSERT: &str = include_str!("../../../../tests/mysql/published/insert.txt");
const TYPES: &str = include_str!("../../../../tests/mysql/published/types.txt");

/// What is in a recording: what went in, and what came out.
fn parts(recording: &str) -> (String, &str) {
    let (input, output) = recording.split_once("\n\n").expect("two parts");
    let input = input.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n"));
    (input.collect(), output)
}

/// A reader that has said nothing yet.
fn silent(options: Options) -> Reader {
    let mut reader = Reader::new(options);
    reader.out.clear();
    reader
}

fn told(reader: Reader) -> String {
    assert_eq!(reader.err, "");
    String::from_utf8(reader.out).expect("the events are plain text")
}

/// The file of `INSERT`.
fn file() -> Blob {
    let (dump, _) = parts(INSERT);
    let byte = |text: &str| u8::from_str_radix(text, 16).expect("two digits");
    let bytes = dump.lines().flat_map(|line| line.split_whitespace().skip(1).map(byte));
    Blob::from(bytes.collect::<Vec<u8>>())
}

/// Each event of a file, with where it begins.
fn events(file: &Blob) -> Vec<(u64, Vec<u8>)> {
    let mut at = 4;
    let mut events = Vec::new();
    while let Some(head) = header(file, at) {
        let end = at + u64::from(head.size);
        events.push((at, file.slice(at, end).bytes()));
        at = end;
    }
    events
}

#[test]
fn an_insert_of_a_real_5_7_is_shown_as_its_own_program_shows_it() {
    let mut reader = silent(Options { verbose: 3, force_if_open: true, ..Options::default() });
    for (at, bytes) in events(&file()) {
        // The published text leaves out the number and those before it: 33 and 35.
        if !matches!(bytes[4], 33 | 35) {
            assert_eq!(reader.event(&bytes, at, u64::MAX, "mysql-bin.000005"), Flow::On);
        }
    }
    assert_eq!(told(reader), parts(INSERT).1);
}

#[test]
fn events_of_a_real_5_7_are_encoded_byte_for_byte() {
    let mut count = 0;
    for (at, bytes) in events(&file()) {
        let Some((header, event)) = decode_whole(&bytes) else { continue };
        let again = encode(&event, header.timestamp, header.server_id, at, header.flags);
        assert_eq!(again, bytes, "{event:?}");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn values_of_each_type_are_shown_as_the_real_program_shows_them() {
    let (base64, want) = parts(TYPES);
    let (map, rows) = base64.split_once("=\n").expect("two events");
    let mut reader =
        silent(Options { base64: Base64::DecodeRows, verbose: 2, ..Options::default() });
    for event in [map, rows] {
        let bytes = unbase64(event).expect("base64");
        assert_eq!(reader.event(&bytes, 4, u64::MAX, "-"), Flow::On);
    }
    let text = told(reader);
    let shown: String =
        text.lines().filter(|line| line.starts_with("###")).map(|l| format!("{l}\n")).collect();
    assert_eq!(shown, want);
}
