//! nslookup, in the three forms that images bring. All print what the DNS server says, without
//! `/etc/hosts`.

use super::lookup::{Resolver, arpa, ask};
use crate::base::is_ipv4;
use crate::tool::Context;
use crate::tool::args::{self, Args, Options};
use crate::tool::say::say;

/// busybox's own words about it.
const USAGE: &str = "\
BusyBox v1.36.1 (2023-07-17 18:29:09 UTC) multi-call binary.

Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]

Query DNS about HOST

QUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any
";

/// The record types it knows.
const TYPES: [&str; 10] = ["soa", "ns", "a", "aaaa", "cname", "mx", "txt", "ptr", "srv", "any"];

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Record {
    /// Addresses.
    A,
    /// IPv6 addresses: nothing here has one.
    Aaaa,
    /// The name of an address.
    Ptr,
}

/// nslookup of busybox 1.29 and later, which asks by itself: a name without a dot is tried with
/// every search domain at once, one with a dot only as it stands, whatever `ndots` says. Judged by
/// busybox 1.35.
pub fn nslookup(cx: &mut Context) -> u8 {
    let (types, operands) = match options(cx) {
        Ok(read) => read,
        Err(code) => return code,
    };
    let [name, server @ ..] = &operands[..] else { return usage(cx) };
    if server.len() > 1 {
        return usage(cx);
    }
    let mut resolver = Resolver::read(cx.sys);
    if let Some(given) = server.first() {
        if *given != resolver.server {
            return no_server(cx, given);
        }
        // It reads the search domains where it reads the server.
        resolver.search.clear();
    }
    let guessed: &[Record] = match is_ipv4(name) {
        true => &[Record::Ptr],
        false => &[Record::A, Record::Aaaa],
    };
    let records = if types.is_empty() { guessed } else { &types };
    cx.print(format!("Server:\t\t{0}\nAddress:\t{0}:53\n\n", resolver.server));
    let mut code = 0;
    for record in records {
        for full in queries(&resolver, name, *record) {
            let text = match answer(cx, &full, *record) {
                Some(text) => text,
                None => {
                    code = 1;
                    format!("** server can't find {full}: NXDOMAIN\n")
                }
            };
            cx.print(text + "\n");
        }
    }
    code
}

/// Its options, of which it takes any beginning: `-type=a`, `-querytype=a`, `-debug` …
fn options(cx: &mut Context) -> Result<(Vec<Record>, Vec<String>), u8> {
    let words: Vec<String> =
        cx.argv[1..].iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
    let (mut types, mut words) = (Vec::new(), words.as_slice());
    while let Some(option) = words.first().and_then(|word| word.strip_prefix('-')) {
        words = &words[1..];
        let (key, value) = option.split_once('=').unwrap_or((option, ""));
        let is = |whole: &str| !key.is_empty() && whole.starts_with(key);
        if is("type") || is("querytype") {
            let lower = value.to_ascii_lowercase();
            if !TYPES.contains(&lower.as_str()) {
                cx.complain(format!("invalid query type \"{value}\""));
                return Err(1);
            }
            types.push(record(cx, &lower)?);
        } else if ["port", "retry", "debug", "timeout"].iter().any(|whole| is(whole)) {
            cx.not_modelled(&format!("-{key}"));
            return Err(usage(cx));
        } else {
            return Err(usage(cx));
        }
    }
    Ok((types, words.to_vec()))
}

fn record(cx: &mut Context, name: &str) -> Result<Record, u8> {
    match name {
        "a" => Ok(Record::A),
        "aaaa" => Ok(Record::Aaaa),
        "ptr" => Ok(Record::Ptr),
        other => {
            cx.not_modelled(&format!("-type={other}"));
            cx.complain(format!("[Ordinal] this model's DNS has no {other} records"));
            Err(1)
        }
    }
}

fn usage(cx: &mut Context) -> u8 {
    cx.out.error(USAGE.as_bytes());
    1
}

/// Nobody answers: five seconds later it gives up. That it takes them is left out.
fn no_server(cx: &mut Context, server: &str) -> u8 {
    cx.not_modelled(server);
    cx.print(";; connection timed out; no servers could be reached\n\n");
    1
}

fn queries(resolver: &Resolver, name: &str, record: Record) -> Vec<String> {
    match record {
        Record::Ptr if is_ipv4(name) => vec![arpa(name)],
        Record::A | Record::Aaaa if !name.contains('.') && !resolver.search.is_empty() => {
            resolver.search.iter().map(|domain| format!("{name}.{domain}")).collect()
        }
        _ => vec![name.to_string()],
    }
}

/// What is printed of an answer; `None`: NXDOMAIN.
fn answer(cx: &mut Context, full: &str, record: Record) -> Option<String> {
    if record == Record::Ptr {
        return pointer(cx, full).map(|name| format!("{full}\tname = {name}\n"));
    }
    let addresses = ask(cx.sys, full)?;
    let shown = full.trim_end_matches('.');
    let lines = addresses.iter().filter(|_| record == Record::A);
    Some(lines.map(|address| format!("Name:\t{shown}\nAddress: {address}\n")).collect())
}

/// The name behind `2.1.244.10.in-addr.arpa`.
fn pointer(cx: &mut Context, arpa: &str) -> Option<String> {
    let reversed = arpa.strip_suffix(".in-addr.arpa")?;
    let parts: Vec<&str> = reversed.rsplit('.').collect();
    cx.sys.resolve_back(&parts.join("."))
}

/// The one name of a command line, perhaps with the server there is. `Err`: it has ended with this
/// code.
fn only_name(
    cx: &mut Context,
    args: &Args,
    server: &str,
    usage: fn(&mut Context) -> u8,
) -> Result<String, u8> {
    let text = |word: &Vec<u8>| String::from_utf8_lossy(word).into_owned();
    let mut words = args.operands.iter().map(text);
    match (words.next(), words.next(), words.next()) {
        (Some(name), None, _) => Ok(name),
        (Some(name), Some(other), None) if other == server => Ok(name),
        (Some(_), Some(other), None) => Err(no_server(cx, &other)),
        _ => Err(usage(cx)),
    }
}

/// nslookup of busybox 1.28 and earlier, which the Kubernetes documentation asks for: it takes what
/// the C library finds. Its complaint has no reason (VERBOSE_RESOLUTION_ERRORS is off).
pub fn small(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &Options::NONE) {
        Ok(args) => args,
        Err(_) => return usage(cx),
    };
    let resolver = Resolver::read(cx.sys);
    let name = match only_name(cx, &args, &resolver.server, usage) {
        Ok(name) => name,
        Err(code) => return code,
    };
    print_host(cx, &resolver.server, "Server:");
    cx.print("\n");
    print_host(cx, &name, "Name:")
}

fn print_host(cx: &mut Context, host: &str, header: &str) -> u8 {
    let Ok(addresses) = cx.sys.resolve(host.as_bytes()) else {
        cx.complain(format!("can't resolve '{host}'"));
        return 1;
    };
    cx.print(format!("{header:<10} {host}\n"));
    for (index, address) in addresses.iter().enumerate() {
        let back = cx.sys.resolve_back(address).map(|name| format!(" {name}"));
        cx.print(format!("Address {}: {address}{}\n", index + 1, back.unwrap_or_default()));
    }
    0
}

/// nslookup of BIND's tools. From memory of 9.16.
pub fn bind(cx: &mut Context) -> u8 {
    let args = match args::parse(cx, &Options::NONE) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let resolver = Resolver::read(cx.sys);
    let name = match only_name(cx, &args, &resolver.server, interactive) {
        Ok(name) => name,
        Err(code) => return code,
    };
    cx.print(format!("Server:\t\t{0}\nAddress:\t{0}#53\n\n", resolver.server));
    let found = match is_ipv4(&name) {
        true => {
            let arpa = arpa(&name);
            let back = cx.sys.resolve_back(&name);
            back.map(|back| format!("{arpa}\tname = {back}.\n")).ok_or(arpa)
        }
        false => match resolver.find(cx.sys, &name) {
            Some((full, addresses)) => {
                let line = |address: &String| format!("Name:\t{full}\nAddress: {address}\n");
                Ok(addresses.iter().map(line).collect())
            }
            None => Err(name),
        },
    };
    match found {
        Ok(text) => {
            cx.print(say!(text, "\n"));
            0
        }
        Err(what) => {
            cx.print(format!("** server can't find {what}: NXDOMAIN\n\n"));
            1
        }
    }
}

fn interactive(cx: &mut Context) -> u8 {
    cx.not_modelled("interactive");
    cx.complain("[Ordinal] this model's nslookup needs a name");
    1
}
