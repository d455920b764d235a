//! getent. Models glibc's getent over nss_files and nss_dns; judged by glibc 2.36.

use super::lookup::{Host, Resolver, hosts};
use crate::base::is_ipv4;
use crate::tool::Context;
use crate::tool::say::{number, say};

/// The hint after a wrong call.
const HINT: &str = "Try `getent --help' or `getent --usage' for more information.\n";

/// getent: hosts, ahosts, ahostsv4, passwd, group.
pub fn getent(cx: &mut Context) -> u8 {
    let Some(database) = cx.argv.get(1) else {
        cx.complain("wrong number of arguments");
        cx.out.error(HINT.as_bytes());
        return 1;
    };
    let keys = &cx.argv[2..];
    match database.as_slice() {
        b"hosts" | b"ahosts" | b"ahostsv4" if keys.is_empty() => all_hosts(cx),
        b"hosts" => each(cx, keys, host),
        b"ahosts" | b"ahostsv4" => each(cx, keys, sockets),
        b"passwd" | b"group" => accounts(cx, keys, database == b"group"),
        other => {
            cx.not_modelled(&String::from_utf8_lossy(other));
            cx.out.error(&say!("Unknown database: ", other, "\n", HINT));
            1
        }
    }
}

/// Prints what is found for each key; 2 if nothing is for one.
fn each(cx: &mut Context, keys: &[Vec<u8>], find: fn(&mut Context, &str) -> Option<String>) -> u8 {
    let mut code = 0;
    for key in keys {
        match find(cx, &String::from_utf8_lossy(key)) {
            Some(text) => cx.print(text),
            None => code = 2,
        }
    }
    code
}

/// A line of `hosts`: an address and all its names.
fn line(address: &str, names: &[String]) -> String {
    format!("{address:<15} {}\n", names.join(" "))
}

/// The whole of `/etc/hosts`, as the C library reads it for IPv4: `::1` is 127.0.0.1 to it.
fn all_hosts(cx: &mut Context) -> u8 {
    let text: String =
        hosts(cx.sys).iter().filter_map(|host| Some(line(in_ipv4(host)?, &host.names))).collect();
    cx.print(text);
    0
}

fn in_ipv4(host: &Host) -> Option<&str> {
    match host.address.as_str() {
        "::1" => Some("127.0.0.1"),
        address => is_ipv4(address).then_some(address),
    }
}

/// `hosts KEY`: IPv6 is asked for before IPv4, and the file before the DNS.
fn host(cx: &mut Context, key: &str) -> Option<String> {
    let all = hosts(cx.sys);
    if is_ipv4(key) || key.contains(':') {
        if let Some(host) = all.iter().find(|host| host.address == key) {
            return Some(line(&host.address, &host.names));
        }
        let name = cx.sys.resolve_back(key)?;
        return Some(line(key, &[name]));
    }
    let is_named = |host: &&Host| host.names.iter().any(|name| name == key);
    let mut named = all.iter().filter(is_named);
    let six = named.clone().find(|host| host.address.contains(':'));
    if let Some(host) = six.or_else(|| named.next()) {
        return Some(line(&host.address, &host.names));
    }
    let (full, addresses) = Resolver::read(cx.sys).find(cx.sys, key)?;
    let names = [full];
    Some(addresses.iter().map(|address| line(address, &names)).collect())
}

/// `ahosts KEY`: each address for each type of socket, the name beside the first.
fn sockets(cx: &mut Context, key: &str) -> Option<String> {
    let all = hosts(cx.sys);
    let mut named = all.iter().filter(|host| host.names.iter().any(|name| name == key));
    let (name, addresses) = if is_ipv4(key) {
        (key.to_string(), vec![key.to_string()])
    } else if let Some(first) = named.clone().find(|host| in_ipv4(host).is_some()) {
        let addresses = named.by_ref().filter_map(in_ipv4).map(str::to_string).collect();
        (first.names.first()?.clone(), addresses)
    } else {
        Resolver::read(cx.sys).find(cx.sys, key)?
    };
    let mut text = String::new();
    for (index, address) in addresses.iter().enumerate() {
        let beside = if index == 0 { name.as_str() } else { "" };
        text.push_str(&format!("{address:<15} STREAM {beside}\n"));
        text.push_str(&format!("{address:<15} DGRAM  \n{address:<15} RAW    \n"));
    }
    Some(text)
}

fn accounts(cx: &mut Context, keys: &[Vec<u8>], group: bool) -> u8 {
    let path: &[u8] = if group { b"/etc/group" } else { b"/etc/passwd" };
    let content = cx.sys.read_file(path).map(|blob| blob.bytes()).unwrap_or_default();
    let rows: Vec<&[u8]> =
        content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    if keys.is_empty() {
        cx.print(&content);
        return 0;
    }
    let mut code = 0;
    for key in keys {
        let column = if number(key).is_some() { 2 } else { 0 };
        let found = rows.iter().find(|row| row.split(|b| *b == b':').nth(column) == Some(key));
        match found {
            Some(row) => cx.print(say!(row, "\n")),
            None => code = 2,
        }
    }
    code
}
