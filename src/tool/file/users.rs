//! User and group names: /etc/passwd and /etc/group, or root, whom every image has.

use super::super::Context;

/// The id of a user (`/etc/passwd`) or group (`/etc/group`) by name or number.
pub fn id_of(cx: &Context, name: &[u8], group: bool) -> Option<u32> {
    let by_name = rows(cx, group).into_iter().find(|(known, _)| known == name).map(|(_, id)| id);
    by_name.or_else(|| super::super::say::number(name).and_then(|n| u32::try_from(n).ok()))
}

/// The name of a user or group; its number, if it has none.
pub fn name_of(cx: &Context, id: u32, group: bool) -> Vec<u8> {
    known_name_of(cx, id, group).unwrap_or_else(|| id.to_string().into_bytes())
}

/// The name of a user or group, if it has one.
pub fn known_name_of(cx: &Context, id: u32, group: bool) -> Option<Vec<u8>> {
    rows(cx, group).into_iter().find(|(_, known)| *known == id).map(|(name, _)| name)
}

/// The group a user belongs to.
pub fn group_of(cx: &Context, uid: u32) -> u32 {
    let passwd = cx.sys.read_file(b"/etc/passwd").map(|blob| blob.bytes()).unwrap_or_default();
    let wanted = uid.to_string().into_bytes();
    let fields =
        |line: &[u8]| -> Vec<Vec<u8>> { line.split(|byte| *byte == b':').map(Vec::from).collect() };
    let row = passwd.split(|byte| *byte == b'\n').map(fields);
    let found = row.into_iter().find(|row| row.get(2) == Some(&wanted));
    let gid = found.and_then(|row| super::super::say::number(row.get(3)?));
    gid.and_then(|gid| u32::try_from(gid).ok()).unwrap_or(uid)
}

fn rows(cx: &Context, group: bool) -> Vec<(Vec<u8>, u32)> {
    let path: &[u8] = if group { b"/etc/group" } else { b"/etc/passwd" };
    let Ok(content) = cx.sys.read_file(path) else {
        return vec![(b"root".to_vec(), 0)];
    };
    let bytes = content.bytes();
    let row = |line: &[u8]| {
        let mut fields = line.split(|byte| *byte == b':');
        let name = fields.next()?.to_vec();
        let id = super::super::say::number(fields.nth(1)?)?;
        Some((name, u32::try_from(id).ok()?))
    };
    bytes.split(|byte| *byte == b'\n').filter_map(row).collect()
}
