//! Who owns the data directory.

use super::MYSQL_UID;
use crate::os::{Errno, FileKind, Sys};

/// `mkdir -p`.
pub(super) fn make_dirs(path: &str, sys: &mut dyn Sys) -> Result<(), (String, Errno)> {
    for (end, _) in path.match_indices('/').skip(1).chain([(path.len(), "")]) {
        match sys.make_dir(&path.as_bytes()[..end], 0o755) {
            Ok(()) | Err(Errno::Exist) => {}
            Err(errno) => return Err((path[..end].to_string(), errno)),
        }
    }
    Ok(())
}

/// Makes mysql the owner of all below a directory; how many changed hands.
pub(super) fn give_away(dir: &str, sys: &mut dyn Sys) -> Result<u64, (String, Errno)> {
    let mut todo = vec![dir.to_string()];
    let mut count = 0;
    while let Some(path) = todo.pop() {
        let Ok(stat) = sys.stat(path.as_bytes(), false) else { continue };
        if stat.uid != MYSQL_UID {
            sys.set_owner(path.as_bytes(), Some(MYSQL_UID), None)
                .map_err(|errno| (path.clone(), errno))?;
            count += 1;
        }
        if stat.kind == FileKind::Directory {
            for name in sys.read_dir(path.as_bytes()).unwrap_or_default() {
                todo.push(format!("{path}/{}", String::from_utf8_lossy(&name)));
            }
        }
    }
    Ok(count)
}
