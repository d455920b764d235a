//! gzip, gunzip, zcat. Models gzip 1.12; what it packs has the same content as the real one's, not
//! the same bytes.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::say;
use crate::base::checksum::crc32_of;
use crate::base::deflate::{Broken, deflate, inflate};
use crate::base::limit::BLOB_BYTES_MAX;
use crate::base::{Blob, FileTime};
use crate::os::Errno;

/// gzip.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gzip {
    args: args::Args,
    /// What has been read of this operand.
    read: Blob,
    totals: [u64; 2],
    listed: u64,
    /// Bytes of the last listed file that are no content.
    frame: u64,
    code: u8,
}

const GZIP: Options = Options {
    short: "cdfklnNqS:tv123456789h|R",
    long: &[
        ("stdout", 'c'),
        ("to-stdout", 'c'),
        ("decompress", 'd'),
        ("uncompress", 'd'),
        ("force", 'f'),
        ("keep", 'k'),
        ("list", 'l'),
        ("no-name", 'n'),
        ("name", 'N'),
        ("quiet", 'q'),
        ("silent", 'q'),
        ("suffix", 'S'),
        ("test", 't'),
        ("verbose", 'v'),
        ("fast", '1'),
        ("best", '9'),
        ("rsyncable", 'R'),
        ("synchronous", 'R'),
    ],
    lacking: "hLrV ascii help license recursive version",
    fail: 1,
    stop_early: false,
};

/// A member of a packed file.
struct Member {
    content: Blob,
    /// Its first byte's and its end's place.
    packed: [usize; 2],
    /// Bytes of its header.
    header: usize,
    name: Option<Vec<u8>>,
    crc: u32,
    /// Seconds of 1970, as its header has them.
    modified: u32,
}

impl Gzip {
    /// Reads the arguments. gunzip and zcat are gzip with an option more.
    pub fn begin(cx: &mut Context) -> Result<(Gzip, Input), u8> {
        let more = match cx.name {
            "gunzip" => "-d",
            "zcat" => "-cd",
            _ => "",
        };
        let mut argv = cx.argv.to_vec();
        if !more.is_empty() {
            argv.insert(1, more.into());
        }
        let mut args = args::parse(&mut cx.with_argv(&argv), &GZIP)?;
        let decompress = args.has('d') || args.has('t') || args.has('l');
        let suffix = suffix(&args);
        if decompress {
            for name in args.operands.iter_mut().filter(|name| name.as_slice() != b"-") {
                let is_there = cx.sys.stat(name, true).is_ok();
                if !is_there && stem(name, &suffix).is_none() {
                    name.extend(&suffix);
                }
            }
        }
        let input = Input::new(&args.operands);
        Ok((Gzip { args, read: Blob::new(), totals: [0; 2], listed: 0, frame: 0, code: 0 }, input))
    }

    fn has(&self, letter: char) -> bool {
        self.args.has(letter)
    }

    /// A warning: code 2 unless something worse happens.
    fn warn(&mut self, cx: &mut Context, text: Vec<u8>) {
        self.code = self.code.max(2) - u8::from(self.code == 1);
        if !self.has('q') {
            cx.out.error(&say!("gzip: ", text, "\n"));
        }
    }

    fn fail(&mut self, cx: &mut Context, name: &[u8], text: &str) {
        self.code = 1;
        cx.out.error(&say!("\ngzip: ", name, ": ", text, "\n"));
    }

    /// Where the result goes; `None`: refused, and said so.
    fn target(&mut self, cx: &mut Context, name: &[u8]) -> Option<Vec<u8>> {
        let suffix = suffix(&self.args);
        let known = stem(name, &suffix);
        let target = match (self.has('d'), known) {
            (true, Some(stem)) => stem,
            (true, None) => {
                self.warn(cx, say!(name, ": unknown suffix -- ignored"));
                return None;
            }
            (false, Some(_)) => {
                let end = name.iter().rposition(|byte| *byte == b'.').unwrap_or(0);
                let code = self.code;
                self.warn(cx, say!(name, " already has ", &name[end..], " suffix -- unchanged"));
                self.code = code;
                return None;
            }
            (false, None) => say!(name, suffix),
        };
        if cx.sys.stat(&target, false).is_ok() && !self.has('f') {
            self.warn(cx, say!(target, " already exists;\tnot overwritten"));
            return None;
        }
        Some(target)
    }

    /// Writes the result beside the operand and removes that.
    fn replace(&mut self, cx: &mut Context, name: &[u8], target: &[u8], content: &Blob) {
        let Ok(stat) = cx.sys.stat(name, true) else { return };
        let _ = cx.sys.unlink(target);
        if let Err(errno) = cx.sys.write_file(target, content) {
            self.code = 1;
            cx.out.error(&say!("gzip: ", target, ": ", errno.text(), "\n"));
            return;
        }
        let _ = cx.sys.set_owner(target, Some(stat.uid), Some(stat.gid));
        let _ = cx.sys.set_mode(target, stat.mode);
        let _ = cx.sys.set_modified(target, true, stat.modified);
        if !self.has('k') {
            let _ = cx.sys.unlink(name);
        }
    }

    fn compress(&mut self, cx: &mut Context, name: &[u8], content: &Blob) {
        let is_file = name != b"-";
        let target = match is_file && !self.has('c') {
            true => match self.target(cx, name) {
                Some(target) => Some(target),
                None => return,
            },
            false => None,
        };
        let level = self.args.last_of("123456789").and_then(|digit| digit.to_digit(10));
        let stat = cx.sys.stat(name, true).ok().filter(|_| is_file && !self.has('n'));
        let packed = pack(
            content,
            level.unwrap_or(6),
            stat.map(|stat| (base(name), stat.modified.unix_secs() as u32)),
        );
        if self.has('v') {
            let header = 10 + stat.map_or(0, |_| base(name).len() as u64 + 1);
            let ratio = ratio(content.len(), packed.len() - header - 8);
            self.tell(cx, name, &ratio, target.as_deref());
        }
        match target {
            Some(target) => self.replace(cx, name, &target, &packed),
            None => cx.out.pass(packed),
        }
    }

    /// What `-v` says.
    fn tell(&self, cx: &mut Context, name: &[u8], ratio: &str, target: Option<&[u8]>) {
        let head = if name == b"-" { Vec::new() } else { say!(name, ":\t") };
        let what = if self.has('k') { " -- created " } else { " -- replaced with " };
        let tail = target.map(|target| say!(what, target)).unwrap_or_default();
        cx.out.error(&say!(head, ratio, tail, "\n"));
    }

    fn decompress(&mut self, cx: &mut Context, name: &[u8], packed: &Blob) {
        let shown: &[u8] = if name == b"-" { b"stdin" } else { name };
        let to_file = name != b"-" && !self.has('c') && !self.has('t') && !self.has('l');
        let target = match to_file {
            true => match self.target(cx, name) {
                Some(target) => Some(target),
                None => return,
            },
            false => None,
        };
        if self.has('f') && self.has('c') && !is_packed(packed) {
            return cx.out.pass(packed.clone());
        }
        let bytes = packed.to_bytes(BLOB_BYTES_MAX as u64);
        let (mut content, mut members, mut at) = (Blob::new(), Vec::new(), 0);
        while at < bytes.len() {
            match unpack(&bytes, at) {
                Ok(member) => {
                    at = member.packed[1];
                    content.append(&member.content);
                    members.push(member);
                }
                Err(_) if !members.is_empty() && !bytes[at..].starts_with(MAGIC) => break,
                Err(why) => {
                    if !self.has('t') && target.is_none() && !self.has('l') {
                        cx.out.pass(content);
                    }
                    return self.fail(cx, shown, why);
                }
            }
        }
        let Some(last) = members.last() else {
            return self.fail(cx, shown, "unexpected end of file");
        };
        if bytes[at..].iter().any(|byte| *byte != 0) {
            self.code = 2;
            let text = ": decompression OK, trailing garbage ignored\n";
            if !self.has('q') {
                cx.out.error(&say!("\ngzip: ", shown, text));
            }
        }
        let ratio = ratio(content.len(), (at - last.header - 8) as u64);
        if self.has('l') {
            return self.list(cx, name, packed.len(), content.len(), &ratio, last);
        }
        if self.has('v') {
            match self.has('t') {
                true => cx.out.error(&say!(shown, ":\t OK\n")),
                false => self.tell(cx, name, &ratio, target.as_deref()),
            }
        }
        match target {
            Some(target) => {
                let given = last.name.clone().filter(|_| self.has('N'));
                let dir = target.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
                let target = given.map_or(target.clone(), |given| say!(&target[..dir], given));
                self.replace(cx, name, &target, &content);
            }
            None if self.has('t') => {}
            None => cx.out.pass(content),
        }
    }

    /// A row of `-l`.
    fn list(
        &mut self,
        cx: &mut Context,
        name: &[u8],
        packed: u64,
        whole: u64,
        ratio: &str,
        member: &Member,
    ) {
        if self.listed == 0 && !self.has('q') {
            if self.has('v') {
                cx.print("method  crc     date  time  ");
            }
            cx.print("         compressed        uncompressed  ratio uncompressed_name\n");
        }
        self.listed += 1;
        self.frame = member.header as u64 + 8;
        self.totals = [self.totals[0] + packed, self.totals[1] + whole];
        if self.has('v') {
            let at = FileTime::from_unix(i64::from(member.modified), 0);
            let date = cx.strftime(b"%b %e %H:%M", at);
            cx.print(say!(format!("defla {:08x} ", member.crc), date, " "));
        }
        let stem = match name {
            b"-" => b"stdout".to_vec(),
            name => stem(name, &suffix(&self.args)).unwrap_or_else(|| name.to_vec()),
        };
        cx.print(say!(format!("{packed:>19} {whole:>19} {ratio} "), stem, "\n"));
    }
}

impl Filter for Gzip {
    fn opened(&mut self, _: &Input, _: &mut Context) {
        self.read = Blob::new();
    }

    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        self.read.append(chunk);
        None
    }

    fn closed(&mut self, input: &mut Input, cx: &mut Context) -> Option<u8> {
        let (content, name) = (std::mem::take(&mut self.read), input.name().to_vec());
        match self.has('d') || self.has('t') || self.has('l') {
            true => self.decompress(cx, &name, &content),
            false => self.compress(cx, &name, &content),
        }
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        let name = input.name().to_vec();
        if errno == Errno::Isdir {
            return self.warn(cx, say!(name, " is a directory -- ignored"));
        }
        self.code = 1;
        cx.out.error(&say!("gzip: ", name, ": ", errno.text(), "\n"));
    }

    fn end(&mut self, cx: &mut Context) -> u8 {
        if self.listed > 1 && !self.has('q') {
            let [packed, whole] = self.totals;
            let pad = if self.has('v') { " ".repeat(28) } else { String::new() };
            let ratio = ratio(whole, packed.saturating_sub(self.frame));
            cx.print(format!("{pad}{packed:>19} {whole:>19} {ratio} (totals)\n"));
        }
        self.code
    }
}

const MAGIC: &[u8] = b"\x1f\x8b";

/// A file of one member: a header (RFC 1952), the stream, the sum and the length.
pub fn pack(content: &Blob, level: u32, origin: Option<(&[u8], u32)>) -> Blob {
    let (name, modified) = origin.unwrap_or_default();
    let extra = match level {
        1 => 4,
        9 => 2,
        _ => 0,
    };
    let mut packed = say!(MAGIC, [8, u8::from(origin.is_some()) << 3]);
    packed.extend(modified.to_le_bytes());
    packed.extend([extra, 3]);
    if origin.is_some() {
        packed.extend(say!(name, "\0"));
    }
    packed.extend(deflate(content, level));
    packed.extend(crc32_of(content).to_le_bytes());
    packed.extend((content.len() as u32).to_le_bytes());
    packed.into()
}

/// Whether a file's content is packed.
pub fn is_packed(content: &Blob) -> bool {
    content.slice(0, 2).bytes() == MAGIC
}

/// All of a packed file's content.
pub fn unpack_all(content: &Blob) -> Result<Blob, &'static str> {
    let bytes = content.to_bytes(BLOB_BYTES_MAX as u64);
    let (mut whole, mut at) = (Blob::new(), 0);
    while at == 0 || bytes[at..].starts_with(MAGIC) {
        let member = unpack(&bytes, at)?;
        whole.append(&member.content);
        at = member.packed[1];
    }
    Ok(whole)
}

/// The member that begins here.
fn unpack(bytes: &[u8], start: usize) -> Result<Member, &'static str> {
    const SHORT: &str = "unexpected end of file";
    let head = bytes.get(start..start + 10).ok_or(match bytes[start..].starts_with(MAGIC) {
        true => SHORT,
        false if bytes.len() - start < 2 => SHORT,
        false => "not in gzip format",
    })?;
    if !head.starts_with(MAGIC) {
        return Err("not in gzip format");
    }
    let flags = head[3];
    let mut at = start + 10;
    if flags & 4 != 0 {
        let length = bytes.get(at..at + 2).ok_or(SHORT)?;
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    let mut texts = Vec::new();
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = bytes.get(at..).ok_or(SHORT)?;
            let end = rest.iter().position(|byte| *byte == 0).ok_or(SHORT)?;
            texts.push(rest[..end].to_vec());
            at += end + 1;
        }
    }
    at += usize::from(flags & 2);
    let header = at - start;
    let (content, length) = inflate(bytes.get(at..).ok_or(SHORT)?).map_err(|why| match why {
        Broken::Short => SHORT,
        Broken::Large => "File too large",
        Broken::Wrong => "invalid compressed data--format violated",
    })?;
    at += length;
    let foot = bytes.get(at..at + 8).ok_or(SHORT)?;
    let word = |from: &[u8]| u32::from_le_bytes([from[0], from[1], from[2], from[3]]);
    if word(foot) != crc32_of(&content) {
        return Err("invalid compressed data--crc error");
    }
    if word(&foot[4..]) != content.len() as u32 {
        return Err("invalid compressed data--length error");
    }
    Ok(Member {
        content,
        packed: [start, at + 8],
        header,
        name: texts.into_iter().next().filter(|_| flags & 8 != 0),
        crc: word(foot),
        modified: word(&head[4..]),
    })
}

/// A file's name without its directory.
fn base(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'/').next().unwrap_or(name)
}

fn suffix(args: &args::Args) -> Vec<u8> {
    args.value('S').unwrap_or(b".gz").to_vec()
}

/// A packed file's name without what marks it as packed.
fn stem(name: &[u8], suffix: &[u8]) -> Option<Vec<u8>> {
    let known = [suffix, b".gz", b".z", b"-gz", b"-z", b"_z", b".Z"];
    if let Some(stem) = known.iter().find_map(|suffix| name.strip_suffix(*suffix)) {
        return Some(stem.to_vec()).filter(|stem| !base(stem).is_empty());
    }
    name.strip_suffix(b".tgz").map(|stem| say!(stem, ".tar"))
}

/// How much shorter it got, per cent with a tenth.
fn ratio(whole: u64, packed: u64) -> String {
    let tenths = match whole {
        0 => 0,
        _ => {
            let (whole, packed) = (i128::from(whole), i128::from(packed));
            let twice = 2_000 * (whole - packed);
            (twice + whole * twice.signum()) / (2 * whole)
        }
    };
    let sign = if tenths < 0 { "-" } else { "" };
    let (full, tenth) = (tenths.abs() / 10, tenths.abs() % 10);
    format!("{:>5}%", format!("{sign}{full}.{tenth}"))
}
