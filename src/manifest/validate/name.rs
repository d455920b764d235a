//! Names and other small texts: what may stand in them. Each check gives the server's messages,
//! none if all is well. Models apimachinery/pkg/util/validation.

/// Bytes in a DNS label.
const LABEL_BYTES_MAX: usize = 63;
/// Bytes in a DNS subdomain.
const SUBDOMAIN_BYTES_MAX: usize = 253;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
    characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
    or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
    characters, '-' or '.', and must start and end with an alphanumeric character (e.g. \
    'example.com', regex used for validation is \
    '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start \
    and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', \
    regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
    characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. \
    'MyValue',  or 'my_value',  or '12345', regex used for validation is \
    '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or \
    '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
    '[-._a-zA-Z0-9]+')";
const ENV: &str = "a valid environment variable name must consist only of printable ASCII \
    characters other than '='";

/// What a check says.
pub type Messages = Vec<String>;

fn too_long(text: &str, bytes_max: usize) -> Option<String> {
    (text.len() > bytes_max).then(|| format!("must be no more than {bytes_max} bytes"))
}

fn unless(good: bool, message: &str) -> Option<String> {
    (!good).then(|| message.to_owned())
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    is_lower(*first) && is_lower(*last) && bytes.iter().all(|b| is_lower(*b) || *b == b'-')
}

fn is_qualified(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    let inner = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
    first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() && bytes.iter().all(inner)
}

/// A DNS label (RFC 1123).
pub fn label(text: &str) -> Messages {
    let long = too_long(text, LABEL_BYTES_MAX);
    long.into_iter().chain(unless(is_label(text), LABEL)).collect()
}

/// A DNS subdomain (RFC 1123).
pub fn subdomain(text: &str) -> Messages {
    let long = too_long(text, SUBDOMAIN_BYTES_MAX);
    long.into_iter().chain(unless(text.split('.').all(is_label), SUBDOMAIN)).collect()
}

/// A label's or annotation's key.
pub fn qualified(text: &str) -> Messages {
    let parts: Vec<&str> = text.split('/').collect();
    let mut messages = Vec::new();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                messages.push("prefix part must be non-empty".to_owned());
            } else {
                messages.extend(subdomain(prefix).iter().map(|said| format!("prefix part {said}")));
            }
            name
        }
        _ => {
            return vec![format!(
                "a qualified name {QUALIFIED} with an optional DNS subdomain prefix and '/' \
                 (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        messages.push("name part must be non-empty".to_owned());
    } else {
        messages.extend(too_long(name, LABEL_BYTES_MAX).map(|said| format!("name part {said}")));
    }
    messages.extend(unless(is_qualified(name), &format!("name part {QUALIFIED}")));
    messages
}

/// A label's value.
pub fn label_value(text: &str) -> Messages {
    let good = text.is_empty() || is_qualified(text);
    too_long(text, LABEL_BYTES_MAX).into_iter().chain(unless(good, LABEL_VALUE)).collect()
}

/// A key of a ConfigMap or a Secret.
pub fn config_key(text: &str) -> Messages {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let mut messages: Messages = too_long(text, SUBDOMAIN_BYTES_MAX).into_iter().collect();
    messages.extend(unless(!text.is_empty() && text.bytes().all(good), CONFIG_KEY));
    messages.extend(match text {
        "." => Some("must not be '.'".to_owned()),
        ".." => Some("must not be '..'".to_owned()),
        text if text.starts_with("..") => Some("must not start with '..'".to_owned()),
        _ => None,
    });
    messages
}

/// A variable's name. Models `IsRelaxedEnvVarName`, in force since 1.32.
pub fn variable(text: &str) -> Messages {
    let mut messages = Vec::new();
    messages.extend(unless(!text.is_empty(), "environment variable name must be non-empty"));
    let good = |c: char| (' '..='~').contains(&c) && c != '=';
    messages.extend(unless(text.chars().all(good), ENV));
    messages
}

/// A port's number.
pub fn port_number(port: i64) -> Option<&'static str> {
    (!(1..=65_535).contains(&port)).then_some("must be between 1 and 65535, inclusive")
}

/// A port's name.
pub fn port_name(text: &str) -> Messages {
    let good = |b: u8| is_lower(b) || b == b'-';
    let mut messages: Messages = too_long(text, 15).into_iter().collect();
    let characters = !text.is_empty() && text.bytes().all(good);
    messages.extend(unless(
        characters,
        "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
    ));
    messages.extend(unless(
        text.bytes().any(|b| b.is_ascii_lowercase()),
        "must contain at least one letter (a-z)",
    ));
    messages.extend(unless(!text.contains("--"), "must not contain consecutive hyphens"));
    messages.extend(unless(
        !text.starts_with('-') && !text.ends_with('-'),
        "must not begin or end with a hyphen",
    ));
    messages
}

/// A path below a directory: not absolute, without `..`.
pub fn descending_path(text: &str) -> Messages {
    let relative = unless(!text.starts_with('/'), "must be a relative path");
    relative.into_iter().chain(no_backsteps(text)).collect()
}

/// A path without `..`.
pub fn no_backsteps(text: &str) -> Messages {
    unless(!text.split('/').any(|part| part == ".."), "must not contain '..'").into_iter().collect()
}

/// An IP address.
pub fn address(text: &str) -> Messages {
    let said = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    unless(is_ipv4(text) || is_ipv6(text), said).into_iter().collect()
}

fn is_ipv4(text: &str) -> bool {
    let digits = |part: &str| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
    // Go refuses leading zeros, which once meant octal.
    let octet = |part: &str| {
        digits(part) && part.parse::<u8>().is_ok() && (part == "0" || !part.starts_with('0'))
    };
    text.split('.').count() == 4 && text.split('.').all(octet)
}

fn is_ipv6(text: &str) -> bool {
    let group =
        |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    // How many groups a side of `::` holds; an IPv4 address at the end counts for two.
    let groups = |side: &str| -> Option<usize> {
        if side.is_empty() {
            return Some(0);
        }
        let (front, last) = side.rsplit_once(':').map_or(("", side), |(front, last)| (front, last));
        let before = if front.is_empty() { 0 } else { front.split(':').count() };
        let good = front.is_empty() || front.split(':').all(group);
        match (good, group(last), is_ipv4(last)) {
            (true, true, _) => Some(before + 1),
            (true, false, true) => Some(before + 2),
            _ => None,
        }
    };
    match text.split_once("::") {
        Some((left, right)) if !right.contains("::") && !left.contains('.') => {
            groups(left).zip(groups(right)).is_some_and(|(l, r)| l + r < 8)
        }
        Some(_) => false,
        None => groups(text) == Some(8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["10.9.8.7", "0.0.0.0", "2001:db8::ffff", "::", "::1", "::ffff:10.0.0.1", "1::"]
        {
            assert_eq!(address(good), [""; 0], "{good}");
        }
        for bad in
            ["", "abc", "10.0.0", "10.0.0.256", "010.0.0.1", "1:2", ":::", "1::2::3", "12345::"]
        {
            assert_eq!(address(bad).len(), 1, "{bad}");
        }
    }
}
