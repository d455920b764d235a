//! tee.

use super::super::Context;
use super::super::args::{self, Options};
use super::super::input::{Filter, Input};
use super::complain_of;
use crate::base::Blob;
use crate::os::{Errno, Fd, Open};

/// tee: to standard output and to files, holes kept.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tee {
    files: Vec<Fd>,
    code: u8,
}

const TEE: Options = Options {
    short: "aip",
    long: &[("append", 'a'), ("ignore-interrupts", 'i')],
    lacking: " output-error",
    fail: 1,
    stop_early: false,
};

impl Tee {
    /// Reads the arguments and opens the files.
    pub fn begin(cx: &mut Context) -> Result<(Tee, Input), u8> {
        let args = args::parse(cx, &TEE)?;
        let how = if args.has('a') { Open::APPEND } else { Open::WRITE };
        let mut tee = Tee { files: Vec::new(), code: 0 };
        for name in &args.operands {
            match cx.sys.open(name, how) {
                Ok(fd) => tee.files.push(fd),
                Err(errno) => {
                    complain_of(cx, name, errno);
                    tee.code = 1;
                }
            }
        }
        Ok((tee, Input::new(&[])))
    }
}

impl Filter for Tee {
    fn chunk(&mut self, chunk: &Blob, _: &mut Input, cx: &mut Context) -> Option<u8> {
        cx.out.pass(chunk.clone());
        for fd in &self.files {
            cx.out.pass_to(*fd, chunk.clone());
        }
        None
    }

    fn failed(&mut self, _: &Input, errno: Errno, _: bool, cx: &mut Context) {
        self.code = 1;
        cx.complain(["read error: ", errno.text()].concat());
    }

    fn end(&mut self, _: &mut Context) -> u8 {
        self.code
    }
}
