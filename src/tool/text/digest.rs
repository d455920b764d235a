//! md5sum, sha256sum and their like, cksum and sum.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::quote;
use super::super::say::say;
use super::complain_of;
use crate::base::Blob;
use crate::base::checksum::{Algorithm, Checksum};
use crate::base::limit::DIGEST_HOLE_BYTES_MAX;
use crate::os::{Errno, FileKind};

/// One of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sum {
    binary: bool,
    algorithm: Algorithm,
    sum: Checksum,
    verify: Option<Verify>,
    /// Its operands are named.
    named: bool,
    code: u8,
}

/// `-c`: its input are lists of sums, to be compared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Verify {
    quiet: bool,
    status: bool,
    ignore_missing: bool,
    strict: bool,
    warn: bool,
    list: Vec<u8>,
}

/// What came of one list.
#[derive(Default)]
struct Counts {
    proper: u64,
    improper: u64,
    unreadable: u64,
    matched: u64,
    different: u64,
}

const SUM: Options = Options {
    short: "btcw|IQSX",
    long: &[
        ("binary", 'b'),
        ("text", 't'),
        ("check", 'c'),
        ("warn", 'w'),
        ("ignore-missing", 'I'),
        ("quiet", 'Q'),
        ("status", 'S'),
        ("strict", 'X'),
    ],
    lacking: "z tag zero",
    fail: 1,
    stop_early: false,
};

const CKSUM: Options =
    Options { lacking: "a c l w algorithm check untagged tag length zero", ..Options::NONE };

const OLD_SUM: Options = Options { short: "rs", long: &[("sysv", 's')], ..Options::NONE };

impl Sum {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Sum, Input), u8> {
        let args = match cx.name {
            "cksum" => args::parse(cx, &CKSUM)?,
            "sum" => args::parse(cx, &OLD_SUM)?,
            _ => args::parse(cx, &SUM)?,
        };
        let kind = match cx.name {
            "cksum" => Algorithm::Posix,
            "sum" if args.last_of("rs") == Some('s') => Algorithm::SysV,
            "sum" => Algorithm::Bsd,
            "sha1sum" => Algorithm::Sha1,
            "sha224sum" => Algorithm::Sha224,
            "sha256sum" => Algorithm::Sha256,
            "sha384sum" => Algorithm::Sha384,
            "sha512sum" => Algorithm::Sha512,
            _ => Algorithm::Md5,
        };
        let verifying = [("ignore-missing", 'I'), ("status", 'S'), ("warn", 'w'), ("quiet", 'Q')];
        let verifying = verifying.into_iter().chain([("strict", 'X')]);
        for (name, letter) in verifying.filter(|_| !args.has('c')) {
            if args.has(letter) {
                let text = "option is meaningful only when verifying checksums";
                cx.complain(format!("the --{name} {text}"));
                return Err(args::usage(cx, 1));
            }
        }
        let verify = args.has('c').then(|| Verify {
            quiet: args.has('Q') || args.has('S'),
            status: args.has('S'),
            ignore_missing: args.has('I'),
            strict: args.has('X'),
            warn: args.has('w'),
            list: Vec::new(),
        });
        let (sum, named) = (Checksum::new(kind), !args.operands.is_empty());
        let sum = Sum { binary: args.has('b'), algorithm: kind, sum, verify, named, code: 0 };
        Ok((sum, Input::new(&args.operands)))
    }
}

impl Filter for Sum {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        let bytes = chunk.to_bytes(DIGEST_HOLE_BYTES_MAX);
        match &mut self.verify {
            Some(verify) => verify.list.extend(bytes),
            None => self.sum.take(&bytes),
        }
        None
    }

    fn closed(&mut self, input: &mut Input, cx: &mut Context) -> Option<u8> {
        if let Some(verify) = &mut self.verify {
            let list = std::mem::take(&mut verify.list);
            let name = match input.name() {
                b"-" => b"standard input",
                name => name,
            };
            if !verify.compare(cx, &list, name, self.algorithm) {
                self.code = 1;
            }
            return None;
        }
        let sum = self.sum.finish();
        if matches!(self.algorithm, Algorithm::Posix | Algorithm::Bsd | Algorithm::SysV) {
            let named = if self.named { say!(" ", input.name()) } else { Vec::new() };
            cx.print(say!(sum, named, "\n"));
            return None;
        }
        let mark = if self.binary { " *" } else { "  " };
        cx.print(say!(sum, mark, input.name(), "\n"));
        // Its standard output is buffered by lines.
        cx.out.flush();
        None
    }

    fn failed(&mut self, input: &Input, errno: Errno, _: bool, cx: &mut Context) {
        self.code = 1;
        complain_of(cx, input.name(), errno);
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        self.code
    }
}

impl Verify {
    /// Compares the files of one list; whether all was well. Models coreutils' `digest_check`.
    fn compare(&self, cx: &mut Context, list: &[u8], list_name: &[u8], kind: Algorithm) -> bool {
        let mut counts = Counts::default();
        let shown = quote::needed(list_name);
        for (index, line) in list.split(|byte| *byte == b'\n').enumerate() {
            if line.first() == Some(&b'#') || (line.is_empty() && index > 0) {
                continue;
            }
            match read_line(line, kind) {
                Some((sum, name)) => self.judge(cx, &sum, name, kind, &mut counts),
                None => {
                    counts.improper += 1;
                    if self.warn {
                        let kind = kind_name(kind);
                        let text = format!("improperly formatted {kind} checksum line");
                        cx.complain(say!(shown, format!(": {}: {text}", index + 1)));
                    }
                }
            }
        }
        if counts.proper == 0 {
            cx.complain(say!(shown, ": no properly formatted checksum lines found"));
            return false;
        }
        if !self.status {
            let warnings = [
                (counts.improper, "line is improperly formatted", "lines are improperly formatted"),
                (
                    counts.unreadable,
                    "listed file could not be read",
                    "listed files could not be read",
                ),
                (
                    counts.different,
                    "computed checksum did NOT match",
                    "computed checksums did NOT match",
                ),
            ];
            for (count, one, many) in warnings.into_iter().filter(|(count, ..)| *count > 0) {
                let text = if count == 1 { one } else { many };
                cx.complain(format!("WARNING: {count} {text}"));
            }
            if self.ignore_missing && counts.matched == 0 {
                cx.complain(say!(shown, ": no file was verified"));
            }
        }
        counts.different + counts.unreadable == 0
            && (!self.strict || counts.improper == 0)
            && (!self.ignore_missing || counts.matched > 0)
    }

    fn judge(
        &self,
        cx: &mut Context,
        sum: &str,
        name: &[u8],
        kind: Algorithm,
        counts: &mut Counts,
    ) {
        counts.proper += 1;
        let shown = say!(name, ": ");
        let content = match cx.sys.stat(name, true) {
            Ok(stat) if stat.kind == FileKind::Directory => Err(Errno::Isdir),
            _ => cx.sys.read_file(name),
        };
        match content {
            Err(Errno::Noent) if self.ignore_missing => {}
            Err(errno) => {
                counts.unreadable += 1;
                complain_of(cx, name, errno);
                if !self.status {
                    cx.print(say!(shown, "FAILED open or read\n"));
                }
            }
            Ok(blob) => {
                let is_same = Checksum::of(kind, &blob.to_bytes(DIGEST_HOLE_BYTES_MAX)) == sum;
                counts.matched += u64::from(is_same);
                counts.different += u64::from(!is_same);
                if is_same && !self.quiet {
                    cx.print(say!(shown, "OK\n"));
                } else if !is_same && !self.status {
                    cx.print(say!(shown, "FAILED\n"));
                }
            }
        }
        cx.out.flush();
    }
}

/// The sum, in small letters, and the file of a line.
fn read_line(line: &[u8], kind: Algorithm) -> Option<(String, &[u8])> {
    let length = Checksum::of(kind, b"").len();
    let (sum, rest) = line.split_at_checked(length)?;
    let name = rest.strip_prefix(b"  ").or_else(|| rest.strip_prefix(b" *"))?;
    let is_sum = sum.iter().all(u8::is_ascii_hexdigit) && !name.is_empty();
    let sum = std::str::from_utf8(sum).ok()?.to_ascii_lowercase();
    is_sum.then_some((sum, name))
}

fn kind_name(kind: Algorithm) -> &'static str {
    match kind {
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha224 => "SHA224",
        Algorithm::Sha384 => "SHA384",
        Algorithm::Sha512 => "SHA512",
        _ => "SHA256",
    }
}
