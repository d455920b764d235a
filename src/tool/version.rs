//! What `--version` says, as Debian 12's programs say it.

use super::Context;
use super::say::say;

/// A package and its version, a year, the authors, and the programs that say so.
type Row = ((&'static str, u32), &'static str, &'static [&'static str]);

const COREUTILS: (&str, u32) = ("(GNU coreutils) 9.1", 2022);
const DIFFUTILS: (&str, u32) = ("(GNU diffutils) 3.8", 2021);
const FINDUTILS: (&str, u32) = ("(GNU findutils) 4.9.0", 2022);

const ROWS: &[Row] = &[
    (COREUTILS, "David MacKenzie and Karel Zak", &["arch"]),
    (COREUTILS, "Simon Josefsson", &["base64"]),
    (
        COREUTILS,
        "David MacKenzie",
        &["basename", "date", "expand", "fold", "mkdir", "nice", "rmdir", "tty", "uname", "yes"],
    ),
    (COREUTILS, "Torbjorn Granlund and Richard M. Stallman", &["cat"]),
    (
        COREUTILS,
        "David MacKenzie and Jim Meyering",
        &["chgrp", "chmod", "chown", "dirname", "head"],
    ),
    (COREUTILS, "Richard M. Stallman and David MacKenzie", &["comm", "ls", "uniq"]),
    (COREUTILS, "Torbjorn Granlund, David MacKenzie, and Jim Meyering", &["cp"]),
    (COREUTILS, "David M. Ihnat, David MacKenzie, and Jim Meyering", &["cut"]),
    (COREUTILS, "Torbjorn Granlund, David MacKenzie, and Paul Eggert", &["df"]),
    (COREUTILS, "Torbjorn Granlund, David MacKenzie, Paul Eggert,\nand Jim Meyering", &["du"]),
    (COREUTILS, "Richard Mlynarik, David MacKenzie, and Assaf Gordon", &["env"]),
    (COREUTILS, "David MacKenzie and James Youngman", &["groups"]),
    (COREUTILS, "Arnold Robbins and David MacKenzie", &["id"]),
    (COREUTILS, "Mike Haertel", &["join"]),
    (COREUTILS, "Michael Stone", &["link", "unlink"]),
    (COREUTILS, "Mike Parker and David MacKenzie", &["ln"]),
    (
        COREUTILS,
        "Ulrich Drepper, Scott Miller, and David Madore",
        &["md5sum", "sha1sum", "sha256sum"],
    ),
    (COREUTILS, "Jim Meyering and Eric Blake", &["mktemp"]),
    (COREUTILS, "Mike Parker, David MacKenzie, and Jim Meyering", &["mv"]),
    (COREUTILS, "Scott Bartram and David MacKenzie", &["nl"]),
    (COREUTILS, "Jim Meyering", &["nohup", "od", "pwd", "tr"]),
    (COREUTILS, "Giuseppe Scrivano", &["nproc"]),
    (COREUTILS, "David M. Ihnat and David MacKenzie", &["paste"]),
    (COREUTILS, "David MacKenzie and Richard Mlynarik", &["printenv"]),
    (COREUTILS, "Dmitry V. Levin", &["readlink"]),
    (COREUTILS, "Padraig Brady", &["realpath", "stdbuf", "timeout", "truncate"]),
    (COREUTILS, "Paul Rubin, David MacKenzie, Richard M. Stallman,\nand Jim Meyering", &["rm"]),
    (COREUTILS, "Ulrich Drepper", &["seq"]),
    (COREUTILS, "Jim Meyering and Paul Eggert", &["sleep"]),
    (COREUTILS, "Mike Haertel and Paul Eggert", &["sort"]),
    (COREUTILS, "Michael Meskes", &["stat"]),
    (COREUTILS, "Jim Meyering and Giuseppe Scrivano", &["sync"]),
    (COREUTILS, "Jay Lepreau and David MacKenzie", &["tac"]),
    (COREUTILS, "Paul Rubin, David MacKenzie, Ian Lance Taylor,\nand Jim Meyering", &["tail"]),
    (COREUTILS, "Mike Parker, Richard M. Stallman, and David MacKenzie", &["tee"]),
    (
        COREUTILS,
        "Paul Rubin, Arnold Robbins, Jim Kingdon,\nDavid MacKenzie, and Randy Smith",
        &["touch"],
    ),
    (COREUTILS, "Paul Rubin and David MacKenzie", &["wc"]),
    (COREUTILS, "Richard Mlynarik", &["whoami"]),
    (("(coreutils) 9.1", 2022), "Paul Rubin, David MacKenzie, and Stuart Kemp", &["dd"]),
    (DIFFUTILS, "Torbjorn Granlund and David MacKenzie", &["cmp"]),
    (
        DIFFUTILS,
        "Paul Eggert, Mike Haertel, David Hayes,\nRichard Stallman, and Len Tower",
        &["diff"],
    ),
    (
        ("(GNU grep) 3.8", 2022),
        "Mike Haertel and others; see\n<https://git.sv.gnu.org/cgit/grep.git/tree/AUTHORS>",
        &["grep", "egrep", "fgrep"],
    ),
    (FINDUTILS, "Eric B. Decker, James Youngman, and Kevin Dalley", &["find", "xargs"]),
    (
        ("(GNU sed) 4.9\nPackaged by Debian", 2022),
        "Jay Fenlason, Tom Lord, Ken Pizzini,\nPaolo Bonzini, Jim Meyering, and Assaf Gordon",
        &["sed"],
    ),
    (("(GNU tar) 1.34", 2021), "John Gilmore and Jay Fenlason", &["tar"]),
];

const LICENCE: &str = "\
License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.
This is free software: you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
";

const FIND: &str = "Features enabled: D_TYPE O_NOFOLLOW(enabled) LEAF_OPTIMISATION FTS(FTS_CWDFD) \
                    CBO(level=2) \n";

const SED: &str = "
This sed program was built with SELinux support.
SELinux is disabled on this system.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
E-mail bug reports to: <bug-sed@gnu.org>.
";

/// Prints it; whether this program's is known.
pub fn print(cx: &mut Context) -> bool {
    let name = cx.name;
    let Some(((package, year), authors, _)) = ROWS.iter().find(|row| row.2.contains(&name)) else {
        return false;
    };
    let (called, more) = match name {
        "egrep" | "fgrep" => ("grep".as_bytes().to_vec(), ""),
        "sed" => (cx.called().to_vec(), SED),
        "find" => (cx.called().to_vec(), FIND),
        _ => (name.as_bytes().to_vec(), ""),
    };
    let holder = format!("Copyright (C) {year} Free Software Foundation, Inc.\n");
    let by = say!("\nWritten by ", authors, ".\n", more);
    cx.print(say!(called, " ", package, "\n", holder, LICENCE, by));
    true
}
