//! Files as given, each with an index of its lines.

use super::{FileId, LineColumn, Span};

/// One file's name and text.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SourceFile {
    name: String,
    text: String,
    /// The byte at which each line starts; the first is 0.
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Takes a text in.
    pub fn new(name: String, text: String) -> SourceFile {
        let mut line_starts = vec![0];
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                line_starts.push(u32::try_from(at + 1).expect("a file stays below 4 GiB"));
            }
        }
        SourceFile { name, text, line_starts }
    }

    /// Its name, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text, as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines it has. A line break at the very end does not start another.
    pub fn line_count(&self) -> u32 {
        let lines = self.line_starts.len();
        let open = lines > 1 && self.line_starts[lines - 1] as usize == self.text.len();
        u32::try_from(lines - usize::from(open)).expect("a file stays below 4 Gi lines")
    }

    /// Line and column of a byte; one inside a character belongs to that character.
    pub fn line_column(&self, byte: u32) -> LineColumn {
        let line = self.line_of(byte);
        let start = self.line_starts[line as usize - 1] as usize;
        let mut end = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let characters = self.text[start..end].chars().count();
        LineColumn { line, column: u32::try_from(characters + 1).expect("a line is that short") }
    }

    /// The line, from 1, that holds a byte.
    pub fn line_of(&self, byte: u32) -> u32 {
        let before = self.line_starts.partition_point(|start| *start <= byte);
        u32::try_from(before).expect("a file stays below 4 Gi lines")
    }

    /// The bytes of a line (from 1) without its line break; none if there is no such line.
    pub fn line_range(&self, line: u32) -> Option<std::ops::Range<usize>> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)? as usize;
        let next = self.line_starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        let line = self.text[start..next].trim_end_matches(['\n', '\r']);
        Some(start..start + line.len())
    }
}

/// All files of one set of manifests; [`FileId`] is the index.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Files(Vec<SourceFile>);

impl Files {
    /// Takes a file in.
    pub fn add(&mut self, name: String, text: String) -> FileId {
        let id = FileId(u32::try_from(self.0.len()).expect("files are few"));
        self.0.push(SourceFile::new(name, text));
        id
    }

    /// A file, by its id.
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.0[id.0 as usize]
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.0.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        &self.get(span.file).text[span.range()]
    }

    /// `name:line:column` of a span's start.
    pub fn show(&self, span: Span) -> String {
        let file = self.get(span.file);
        format!("{}:{}", file.name, file.line_column(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_with_their_break() {
        let file = SourceFile::new("a".into(), "ab\r\n主库 x\n".into());
        let rows = [(0, 1, 1), (2, 1, 3), (4, 2, 1), (7, 2, 2), (8, 2, 2), (11, 2, 4), (13, 3, 1)];
        for (byte, line, column) in rows {
            assert_eq!(file.line_column(byte), LineColumn { line, column }, "byte {byte}");
        }
        assert_eq!(file.line_count(), 2);
        assert_eq!(&file.text()[file.line_range(2).expect("there are two")], "主库 x");
        assert_eq!(&file.text()[file.line_range(1).expect("there are two")], "ab");
        assert_eq!(file.line_range(4), None);
    }
}
