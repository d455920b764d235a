//! sha256sum and md5sum.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::super::say::say;
use super::complain_of;
use crate::base::Blob;
use crate::base::checksum::{Algorithm, Checksum};
use crate::base::limit::DIGEST_HOLE_BYTES_MAX;
use crate::os::Errno;

/// sha256sum or md5sum.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Sum {
    check: bool,
    sum: Checksum,
    code: u8,
}

const SUM: Options = Options {
    short: "bt",
    long: &[("binary", 'b'), ("text", 't')],
    lacking: "cwz check ignore-missing quiet status strict tag warn zero",
    fail: 1,
    stop_early: false,
};

impl Sum {
    /// Reads the arguments.
    pub fn begin(cx: &mut Context) -> Result<(Sum, Input), u8> {
        let args = args::parse(cx, &SUM)?;
        let kind = match cx.name {
            "sha256sum" => Algorithm::Sha256,
            "sha1sum" => Algorithm::Sha1,
            _ => Algorithm::Md5,
        };
        let sum = Sum { check: args.has('b'), sum: Checksum::new(kind), code: 0 };
        Ok((sum, Input::new(&args.operands)))
    }
}

impl Filter for Sum {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, _: &mut Context) -> Option<u8> {
        self.sum.take(&chunk.to_bytes(DIGEST_HOLE_BYTES_MAX));
        None
    }

    fn closed(&mut self, input: &mut Input, cx: &mut Context) -> Option<u8> {
        let sum = self.sum.finish();
        let mark = if self.check { " *" } else { "  " };
        cx.print(say!(sum, mark, input.name(), "\n"));
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
