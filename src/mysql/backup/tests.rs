//! The stream and the files of a backup.

use super::archive::{Chunk, Front, put, take};
use super::lines::checkpoints;
use crate::base::Blob;

#[test]
fn an_archive_comes_apart_as_it_was_put_together_however_it_arrives() {
    let mut content = Blob::from("head");
    content.push_hole(1_000_000);
    let chunks = [
        Chunk { path: "ibdata1".into(), payload: Some((0, content.clone())) },
        Chunk { path: "ibdata1".into(), payload: Some((1_000_004, "tail".into())) },
        Chunk { path: "ibdata1".into(), payload: None },
        Chunk { path: "mysql/db.opt".into(), payload: Some((0, Blob::new())) },
        Chunk { path: "mysql/db.opt".into(), payload: None },
    ];
    let mut stream = Blob::new();
    chunks.iter().for_each(|chunk| put(&mut stream, chunk));
    for step in [1_000_000, 333_333, 100, 50_000] {
        let mut rest = stream.clone();
        let (mut buffer, mut seen) = (Blob::new(), Vec::new());
        while !rest.is_empty() {
            buffer.append(&rest.take_front(step));
            while let Front::Chunk(chunk) = take(&mut buffer) {
                seen.push(chunk);
            }
            if step == 100 && rest.len() > 900_000 {
                buffer.append(&rest.take_front(800_000));
            }
        }
        assert!(buffer.is_empty());
        assert_eq!(seen, chunks, "in steps of {step}");
    }
    assert_eq!(take(&mut Blob::from("GET / HTTP/1.1")), Front::Wrong);
    assert_eq!(take(&mut Blob::from("XBST")), Front::Part);
}

#[test]
fn checkpoints_has_the_size_of_the_published_one() {
    assert_eq!(checkpoints("full-backuped", 1_626_007).len(), 113);
}
