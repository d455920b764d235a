//! Which program: the one list of all names.

use super::input::{Input, pump};
use super::net::{self, Ncat, Netcat, Socat};
use super::process::{Env, Find, Flock, Sleep, Timeout, Watch, Wrap, Xargs, Yes};
use super::text::awk::Awk;
use super::text::sed::Sed;
use super::text::{
    Cat, Cut, Dump, Grep, Gzip, Head, Pair, Sort, Split, Sum, Tail, Tee, Tr, Uniq, Wc, Whole,
};
use super::{Context, Step, busybox, file, others, process, text};
use crate::os::{Disposition, Signal};

/// Every program of this module, by its file's name; in brackets, which of several of that name.
pub const NAMES: &[&str] = &[
    "[",
    "arch",
    "awk",
    "base64",
    "basename",
    "busybox",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cksum",
    "clear",
    "cmp",
    "comm",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "diff",
    "dirname",
    "du",
    "echo",
    "egrep",
    "env",
    "expand",
    "expr",
    "false",
    "fgrep",
    "find",
    "flock",
    "fold",
    "getent",
    "getopt",
    "grep",
    "groups",
    "gunzip",
    "gzip",
    "head",
    "hexdump",
    "hostname",
    "id",
    "install",
    "join",
    "kill",
    "link",
    "ln",
    "ls",
    "mawk",
    "md5sum",
    "mkdir",
    "mktemp",
    "mv",
    "nc",
    "ncat",
    "nice",
    "nl",
    "nohup",
    "nproc",
    "nslookup",
    "nslookup (bind)",
    "nslookup (small)",
    "od",
    "paste",
    "printenv",
    "printf",
    "ps",
    "pwd",
    "readlink",
    "realpath",
    "rev",
    "rm",
    "rmdir",
    "sed",
    "seq",
    "sha1sum",
    "sha224sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "sleep",
    "socat",
    "sort",
    "split",
    "stat",
    "stdbuf",
    "sum",
    "sync",
    "tac",
    "tail",
    "tar",
    "tee",
    "test",
    "timeout",
    "touch",
    "tr",
    "true",
    "truncate",
    "tty",
    "uname",
    "unexpand",
    "uniq",
    "unlink",
    "watch",
    "wc",
    "which",
    "whoami",
    "xargs",
    "yes",
    "zcat",
];

/// The state of a program that is not done in one go.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::large_enum_variant)]
pub enum Body {
    /// It has not looked at its arguments yet.
    New,
    Awk(Box<Awk>),
    Cat(Cat, Input),
    Cut(Cut, Input),
    Dd(Box<file::Dd>),
    Dump(Dump, Input),
    Find(Find),
    Flock(Flock),
    Grep(Box<Grep>, Input),
    Gzip(Box<Gzip>, Input),
    Head(Head, Input),
    Ln(file::Ln),
    Ncat(Box<Ncat>),
    Netcat(Box<Netcat>),
    Pair(Box<Pair>, Input),
    Rm(file::Rm),
    Sed(Box<Sed>),
    Sleep(Sleep),
    Socat(Box<Socat>),
    Sort(Box<Sort>, Input),
    Split(Box<Split>, Input),
    Sum(Box<Sum>, Input),
    Tail(Tail, Input),
    Tar(Box<file::Tar>, Input),
    Tee(Tee, Input),
    Timeout(Timeout),
    Tr(Tr, Input),
    Transfer(Box<file::Transfer>),
    Uniq(Uniq, Input),
    Watch(Watch),
    Wc(Wc, Input),
    Whole(Box<Whole>, Input),
    Wrap(Wrap),
    Xargs(Box<Xargs>),
    Yes(Yes),
}

/// The code a program ends with when its output cannot be written.
pub fn write_failure_code(name: &str) -> u8 {
    match name {
        "ls" | "sort" | "grep" | "egrep" | "fgrep" | "awk" | "mawk" | "test" | "[" | "cmp"
        | "diff" => 2,
        "expr" => 3,
        "sed" => 4,
        "env" | "nice" | "nohup" | "stdbuf" | "timeout" => 125,
        _ => 1,
    }
}

/// A program done in one go; `None`: it is not one of those.
fn at_once(cx: &mut Context) -> Option<u8> {
    Some(match cx.name {
        "[" | "test" => process::test(cx),
        "basename" => process::basename(cx),
        "chgrp" | "chown" => file::chown(cx),
        "chmod" => file::chmod(cx),
        "date" => process::date(cx),
        "arch" => process::arch(cx),
        "df" => file::df(cx),
        "dirname" => process::dirname(cx),
        "du" => file::du(cx),
        "echo" => process::echo(cx),
        "expr" => process::expr(cx),
        "false" => 1,
        "getent" => net::getent(cx),
        "getopt" => process::getopt(cx),
        "groups" => process::groups(cx),
        "hostname" => process::hostname(cx),
        "id" => process::id(cx),
        "install" => file::install(cx),
        "kill" => process::kill(cx),
        "ls" => file::ls(cx),
        "link" | "unlink" => file::link(cx),
        "mkdir" => file::mkdir(cx),
        "mktemp" => file::mktemp(cx),
        "clear" => process::clear(cx),
        "nproc" => process::nproc(cx),
        "nslookup" => net::nslookup::nslookup(cx),
        "nslookup (bind)" => net::nslookup::bind(cx),
        "nslookup (small)" => net::nslookup::small(cx),
        "printenv" => process::printenv(cx),
        "printf" => text::printf(cx),
        "ps" => process::ps(cx),
        "pwd" => process::pwd(cx),
        "readlink" => file::readlink(cx),
        "realpath" => file::realpath(cx),
        "rmdir" => file::rmdir(cx),
        "seq" => process::seq(cx),
        "stat" => file::stat(cx),
        "touch" => file::touch(cx),
        "sync" | "true" => 0,
        "truncate" => file::truncate(cx),
        "tty" => file::tty(cx),
        "uname" => process::uname(cx),
        "which" => process::which(cx),
        "whoami" => process::whoami(cx),
        _ => return None,
    })
}

/// A program that goes on, from its arguments. `Err`: it has ended with this code.
fn begin(cx: &mut Context) -> Result<Body, u8> {
    if cx.busybox && !busybox::is_adapted(cx.name) {
        cx.not_modelled("busybox");
    }
    if let Some(code) = at_once(cx) {
        return Err(code);
    }
    if others::is_other(cx.name) {
        cx.not_modelled(cx.name);
        cx.complain("[Ordinal] this model does not run it");
        return Err(1);
    }
    Ok(match cx.name {
        "awk" | "mawk" => Body::Awk(Box::new(Awk::begin(cx)?)),
        "base64" | "comm" | "expand" | "fold" | "join" | "nl" | "paste" | "rev" | "tac"
        | "unexpand" => {
            Whole::begin(cx).map(|(whole, input)| Body::Whole(Box::new(whole), input))?
        }
        "cat" => Cat::begin(cx).map(|(cat, input)| Body::Cat(cat, input))?,
        "cmp" | "diff" => Pair::begin(cx).map(|(pair, input)| Body::Pair(Box::new(pair), input))?,
        "cp" | "mv" => Body::Transfer(Box::new(file::Transfer::begin(cx)?)),
        "cut" => Cut::begin(cx).map(|(cut, input)| Body::Cut(cut, input))?,
        "dd" => Body::Dd(Box::new(file::Dd::begin(cx)?)),
        "egrep" | "fgrep" | "grep" => {
            Grep::begin(cx).map(|(grep, input)| Body::Grep(Box::new(grep), input))?
        }
        "find" => Body::Find(Find::begin(cx)?),
        "gunzip" | "gzip" | "zcat" => {
            Gzip::begin(cx).map(|(gzip, input)| Body::Gzip(Box::new(gzip), input))?
        }
        "flock" => Body::Flock(Flock::begin(cx)?),
        "head" => Head::begin(cx).map(|(head, input)| Body::Head(head, input))?,
        "hexdump" | "od" => Dump::begin(cx).map(|(dump, input)| Body::Dump(dump, input))?,
        "ln" => Body::Ln(file::Ln::begin(cx)?),
        "cksum" | "md5sum" | "sha1sum" | "sha224sum" | "sha256sum" | "sha384sum" | "sha512sum"
        | "sum" => Sum::begin(cx).map(|(sum, input)| Body::Sum(Box::new(sum), input))?,
        "nc" => Body::Netcat(Box::new(Netcat::begin(cx)?)),
        "ncat" => Body::Ncat(Box::new(Ncat::begin(cx)?)),
        "rm" => Body::Rm(file::Rm::begin(cx)?),
        "sed" => Body::Sed(Box::new(Sed::begin(cx)?)),
        "sleep" => Body::Sleep(Sleep::begin(cx)?),
        "socat" => Body::Socat(Box::new(Socat::begin(cx)?)),
        "sort" => Sort::begin(cx).map(|(sort, input)| Body::Sort(Box::new(sort), input))?,
        "split" => Split::begin(cx).map(|(split, input)| Body::Split(Box::new(split), input))?,
        "nice" | "nohup" | "stdbuf" => Body::Wrap(Wrap::begin(cx)?),
        "tar" => file::Tar::begin(cx).map(|(tar, input)| Body::Tar(Box::new(tar), input))?,
        "tail" => Tail::begin(cx).map(|(tail, input)| Body::Tail(tail, input))?,
        "tee" => Tee::begin(cx).map(|(tee, input)| Body::Tee(tee, input))?,
        "timeout" => Body::Timeout(Timeout::begin(cx)?),
        "watch" => Body::Watch(Watch::begin(cx)?),
        "tr" => Tr::begin(cx).map(|(tr, input)| Body::Tr(tr, input))?,
        "uniq" => Uniq::begin(cx).map(|(uniq, input)| Body::Uniq(uniq, input))?,
        "wc" => Wc::begin(cx).map(|(wc, input)| Body::Wc(wc, input))?,
        "xargs" => Body::Xargs(Box::new(Xargs::begin(cx)?)),
        "yes" => Body::Yes(Yes::begin(cx)?),
        name => unreachable!("{name} is in NAMES and begins nowhere"),
    })
}

impl Body {
    /// Goes on.
    pub fn step(&mut self, cx: &mut Context) -> Step {
        if *self == Body::New {
            if cx.name == "busybox" {
                return busybox::run(cx);
            }
            if cx.name == "env" {
                return Env::step(cx);
            }
            match begin(cx) {
                Ok(body) => *self = body,
                Err(code) => return Step::Done(code),
            }
        }
        match self {
            Body::New => unreachable!("it has just begun"),
            Body::Awk(awk) => awk.step(cx),
            Body::Cat(cat, input) => pump(cat, input, cx),
            Body::Cut(cut, input) => pump(cut, input, cx),
            Body::Dump(dump, input) => pump(dump, input, cx),
            Body::Dd(dd) => dd.step(cx),
            Body::Flock(flock) => flock.step(cx),
            Body::Find(find) => find.step(cx),
            Body::Grep(grep, input) => pump(&mut **grep, input, cx),
            Body::Gzip(gzip, input) => pump(&mut **gzip, input, cx),
            Body::Head(head, input) => pump(head, input, cx),
            Body::Ncat(ncat) => ncat.step(cx),
            Body::Netcat(netcat) => netcat.step(cx),
            Body::Pair(pair, input) => pump(&mut **pair, input, cx),
            Body::Ln(ln) => ln.step(cx),
            Body::Rm(rm) => rm.step(cx),
            Body::Transfer(transfer) => transfer.step(cx),
            Body::Sed(sed) => sed.step(cx),
            Body::Sleep(sleep) => sleep.step(cx),
            Body::Socat(socat) => socat.step(cx),
            Body::Sort(sort, input) => pump(&mut **sort, input, cx),
            Body::Split(split, input) => pump(&mut **split, input, cx),
            Body::Sum(sum, input) => pump(&mut **sum, input, cx),
            Body::Tail(tail, input) => tail.step(input, cx),
            Body::Tar(tar, input) => pump(&mut **tar, input, cx),
            Body::Tee(tee, input) => pump(tee, input, cx),
            Body::Timeout(timeout) => timeout.step(cx),
            Body::Watch(watch) => watch.step(cx),
            Body::Tr(tr, input) => pump(tr, input, cx),
            Body::Uniq(uniq, input) => pump(uniq, input, cx),
            Body::Wc(wc, input) => pump(wc, input, cx),
            Body::Whole(whole, input) => pump(&mut **whole, input, cx),
            Body::Wrap(wrap) => wrap.step(cx),
            Body::Xargs(xargs) => xargs.step(cx),
            Body::Yes(yes) => yes.step(cx),
        }
    }

    /// What it does about a signal.
    pub fn signal(&mut self, signal: Signal) -> Disposition {
        match (self, signal) {
            (Body::Ncat(ncat), signal) => ncat.signal(signal),
            (Body::Netcat(netcat), signal) => netcat.signal(signal),
            (Body::Socat(_), Signal::Pipe) => Disposition::Handled,
            (Body::Timeout(timeout), Signal::Term | Signal::Int | Signal::Hup | Signal::Quit) => {
                timeout.signal(signal)
            }
            _ => Disposition::Default,
        }
    }
}
