//! dd. Models coreutils 9.1. It takes no time: the clock stands still while it copies.

use super::super::args;
use super::super::say::{number, say};
use super::super::{Context, Step, quote};
use crate::base::Blob;
use crate::base::limit::WORD_BYTES_MAX;
use crate::os::{Errno, Fd, FileKind, Open, Poll, Seek, Wait};

/// dd.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Dd {
    input: (Fd, Vec<u8>),
    output: Fd,
    /// Block sizes, bytes.
    sizes: [u64; 2],
    /// Each block is written as it was read (`bs=`).
    direct: bool,
    /// What is still to be skipped of an input that cannot seek, bytes.
    skip: u64,
    /// Blocks still to be read.
    count: u64,
    case: Option<bool>,
    /// `conv=sync`.
    padded: bool,
    /// `iflag=fullblock`.
    full: bool,
    status: Status,
    /// The block being read, and what is to be written.
    block: Blob,
    waiting: Blob,
    /// Whole and partial blocks read, then written.
    blocks: [[u64; 2]; 2],
    bytes: u64,
    code: u8,
}

/// What it says at the end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Status {
    None,
    Records,
    All,
}

/// What the operands say.
struct Operands {
    files: [Option<Vec<u8>>; 2],
    sizes: [u64; 2],
    block: Option<u64>,
    count: u64,
    /// Blocks of the input to skip, and of the output.
    offsets: [u64; 2],
    status: Status,
    words: Vec<Vec<u8>>,
}

/// Words of `conv=`, `iflag=` and `oflag=`; those that change nothing here among them.
const WORDS: [&[&str]; 3] = [
    &["lcase", "ucase", "notrunc", "sync", "fsync", "fdatasync", "noerror"],
    &["fullblock", "nonblock", "noatime", "nocache"],
    &["append", "nonblock", "noatime", "nocache", "dsync", "sync"],
];

/// A size: factors with units, as in `2x1k`.
fn size(text: &[u8]) -> Option<u64> {
    text.split(|byte| *byte == b'x').try_fold(1u64, |product, factor| {
        let digits = factor.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let unit = match &factor[digits..] {
            b"" | b"c" | b"B" => 1,
            b"w" => 2,
            b"b" => 512,
            b"k" | b"K" | b"KiB" => 1 << 10,
            b"kB" | b"KB" => 1_000,
            b"M" | b"MiB" => 1 << 20,
            b"MB" => 1_000_000,
            b"G" | b"GiB" => 1 << 30,
            b"GB" => 1_000_000_000,
            _ => return None,
        };
        product.checked_mul(number(&factor[..digits])?)?.checked_mul(unit)
    })
}

fn refused(cx: &mut Context, what: &str, text: &[u8]) -> u8 {
    cx.complain(say!(what, " ", quote::argument(text)));
    args::usage(cx, 1)
}

impl Operands {
    fn read(cx: &mut Context) -> Result<Operands, u8> {
        let parsed = args::parse(cx, &args::Options::NONE)?;
        let mut found = Operands {
            files: [None, None],
            sizes: [512; 2],
            block: None,
            count: u64::MAX,
            offsets: [0; 2],
            status: Status::All,
            words: Vec::new(),
        };
        for operand in &parsed.operands {
            let at = operand.iter().position(|byte| *byte == b'=');
            let (name, value) =
                at.map_or((&operand[..], &b""[..]), |at| (&operand[..at], &operand[at + 1..]));
            found.operand(cx, operand, name, value)?;
        }
        Ok(found)
    }

    fn operand(
        &mut self,
        cx: &mut Context,
        operand: &[u8],
        name: &[u8],
        value: &[u8],
    ) -> Result<(), u8> {
        match name {
            b"if" => self.files[0] = Some(value.to_vec()),
            b"of" => self.files[1] = Some(value.to_vec()),
            b"status" => {
                self.status = match value {
                    b"none" => Status::None,
                    b"noxfer" => Status::Records,
                    b"progress" => Status::All,
                    _ => return Err(refused(cx, "invalid status level:", value)),
                }
            }
            b"conv" | b"iflag" | b"oflag" => {
                let (row, what) = match name {
                    b"conv" => (0, "invalid conversion:"),
                    b"iflag" => (1, "invalid input flag:"),
                    _ => (2, "invalid output flag:"),
                };
                for word in value.split(|byte| *byte == b',') {
                    if !WORDS[row].iter().any(|known| known.as_bytes() == word) {
                        cx.not_modelled(&String::from_utf8_lossy(operand));
                        return Err(refused(cx, what, word));
                    }
                    self.words.push(word.to_vec());
                }
            }
            b"bs" | b"ibs" | b"obs" | b"count" | b"skip" | b"seek" | b"iseek" | b"oseek" => {
                let is_size = name.ends_with(b"bs");
                let Some(value) = size(value).filter(|size| !is_size || *size > 0) else {
                    cx.complain(say!("invalid number: ", quote::argument(value)));
                    return Err(1);
                };
                match name {
                    b"bs" => self.block = Some(value),
                    b"ibs" => self.sizes[0] = value,
                    b"obs" => self.sizes[1] = value,
                    b"count" => self.count = value,
                    b"skip" | b"iseek" => self.offsets[0] = value,
                    _ => self.offsets[1] = value,
                }
            }
            b"cbs" => {
                cx.not_modelled("cbs");
                return Err(refused(cx, "unrecognized operand", operand));
            }
            _ => return Err(refused(cx, "unrecognized operand", operand)),
        }
        Ok(())
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|given| given == word.as_bytes())
    }
}

impl Dd {
    /// Reads the arguments and opens the files.
    pub fn begin(cx: &mut Context) -> Result<Dd, u8> {
        let given = Operands::read(cx)?;
        let sizes = given.block.map_or(given.sizes, |size| [size; 2]);
        let input = match &given.files[0] {
            None => (Fd::STDIN, b"standard input".to_vec()),
            Some(name) => (open(cx, name, Open::READ)?, name.clone()),
        };
        let seek = given.offsets[1].saturating_mul(sizes[1]);
        let output = Dd::open_output(cx, &given, seek)?;
        let skip = given.offsets[0].saturating_mul(sizes[0]);
        let mut dd = Dd {
            input,
            output,
            sizes,
            direct: given.block.is_some(),
            skip: 0,
            count: given.count,
            case: None,
            padded: given.has("sync"),
            full: given.has("fullblock"),
            status: given.status,
            block: Blob::new(),
            waiting: Blob::new(),
            blocks: [[0; 2]; 2],
            bytes: 0,
            code: 0,
        };
        if given.has("ucase") || given.has("lcase") {
            dd.case = Some(given.has("ucase"));
        }
        let stat = cx.sys.fd_stat(dd.input.0).ok().filter(|stat| stat.kind == FileKind::File);
        match stat {
            Some(stat) if skip > stat.size => {
                let name = quote::needed(&dd.input.1);
                cx.complain(say!(name, ": cannot skip to specified offset"));
                dd.count = 0;
            }
            Some(_) if skip > 0 => drop(cx.sys.seek(dd.input.0, Seek::Start(skip))),
            _ => dd.skip = skip,
        }
        Ok(dd)
    }

    fn open_output(cx: &mut Context, given: &Operands, seek: u64) -> Result<Fd, u8> {
        let Some(name) = &given.files[1] else {
            if seek > 0 && cx.sys.seek(Fd::STDOUT, Seek::Start(seek)).is_err() {
                cx.complain("'standard output': cannot seek: Illegal seek");
            }
            return Ok(Fd::STDOUT);
        };
        let how = match given.has("append") {
            true => Open::APPEND,
            false => Open { truncate: seek == 0 && !given.has("notrunc"), ..Open::WRITE },
        };
        let fd = open(cx, name, how)?;
        if seek > 0 && !given.has("append") {
            if !given.has("notrunc")
                && let Ok(mut content) = cx.sys.read_file(name)
            {
                content.truncate(seek);
                let _ = cx.sys.write_file(name, &content);
            }
            let _ = cx.sys.seek(fd, Seek::Start(seek));
        }
        Ok(fd)
    }

    /// Reads and writes a block.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if self.count == 0 {
            return self.end(cx);
        }
        let wanted = match self.skip {
            0 => self.sizes[0] - self.block.len(),
            left => left.min(self.sizes[0]),
        };
        match cx.sys.read(self.input.0, wanted) {
            Ok(Poll::Wait) => Step::Wait(vec![Wait::Readable(self.input.0)]),
            Ok(Poll::Ready(chunk)) if chunk.is_empty() => {
                if !self.block.is_empty() {
                    self.take(cx);
                }
                self.end(cx)
            }
            Ok(Poll::Ready(chunk)) if self.skip > 0 => {
                self.skip -= chunk.len();
                Step::More
            }
            Ok(Poll::Ready(chunk)) => {
                self.block.append(&chunk);
                if !self.full || self.block.len() == self.sizes[0] {
                    self.take(cx);
                }
                Step::More
            }
            Err(errno) => {
                let name = quote::always(&self.input.1);
                cx.complain(say!("error reading ", name, ": ", errno.text()));
                self.code = 1;
                self.end(cx)
            }
        }
    }

    /// A block has been read.
    fn take(&mut self, cx: &mut Context) {
        let mut block = std::mem::take(&mut self.block);
        self.count -= 1;
        let is_part = block.len() < self.sizes[0];
        self.blocks[0][usize::from(is_part)] += 1;
        if is_part && self.padded {
            block.push_hole(self.sizes[0] - block.len());
        }
        if let Some(upper) = self.case {
            let mut bytes = block.to_bytes(WORD_BYTES_MAX as u64);
            if upper {
                bytes.make_ascii_uppercase()
            } else {
                bytes.make_ascii_lowercase()
            }
            block = bytes.into();
        }
        self.waiting.append(&block);
        while self.waiting.len() >= self.sizes[1] || (self.direct && !self.waiting.is_empty()) {
            self.put(cx);
        }
    }

    fn put(&mut self, cx: &mut Context) {
        let length = self.waiting.len().min(self.sizes[1]);
        self.blocks[1][usize::from(length < self.sizes[1])] += 1;
        self.bytes += length;
        cx.out.pass_to(self.output, self.waiting.take_front(length));
    }

    fn end(&mut self, cx: &mut Context) -> Step {
        if !self.waiting.is_empty() {
            self.put(cx);
        }
        let [[read, part_read], [written, part_written]] = self.blocks;
        let mut text = String::new();
        if self.status != Status::None {
            text = format!("{read}+{part_read} records in\n{written}+{part_written} records out\n");
        }
        if self.status == Status::All {
            text += &copied(self.bytes);
        }
        cx.out.error(text.as_bytes());
        Step::Done(self.code)
    }
}

fn open(cx: &mut Context, name: &[u8], how: Open) -> Result<Fd, u8> {
    cx.sys.open(name, how).map_err(|errno: Errno| {
        let name = quote::always(name);
        cx.complain(say!("failed to open ", name, ": ", errno.text()));
        1
    })
}

/// The last line, as dd has it where no time has passed.
fn copied(bytes: u64) -> String {
    let shown = |base: u64, units: &str, letters: &[&str]| -> Option<String> {
        let (mut power, mut rest) = (0, bytes);
        while rest >= base && power < letters.len() {
            rest /= base;
            power += 1;
        }
        let letter = letters.get(power.checked_sub(1)?)?;
        let unit = base.pow(power as u32);
        let tenths = (bytes * 10 + unit / 2) / unit;
        Some(match tenths {
            0..100 => format!("{}.{} {letter}{units}", tenths / 10, tenths % 10),
            _ => format!("{} {letter}{units}", (bytes + unit / 2) / unit),
        })
    };
    let decimal = shown(1_000, "B", &["k", "M", "G", "T"]);
    let binary = shown(1_024, "iB", &["K", "M", "G", "T"]);
    let noun = if bytes == 1 { "byte" } else { "bytes" };
    let sizes = match (decimal, binary) {
        (Some(decimal), Some(binary)) => format!(" ({decimal}, {binary})"),
        (Some(decimal), None) => format!(" ({decimal})"),
        _ => String::new(),
    };
    format!("{bytes} {noun}{sizes} copied, 0 s, Infinity B/s\n")
}
