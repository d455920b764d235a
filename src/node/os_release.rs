//! `/etc/os-release`: which system an image is built on. From memory of the images' own files; the
//! minor release of an Oracle Linux is that of its last image.

/// A Debian's file.
macro_rules! debian {
    ($number:literal, $name:literal) => {
        concat!(
            "PRETTY_NAME=\"Debian GNU/Linux ",
            $number,
            " (",
            $name,
            ")\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"",
            $number,
            "\"\nVERSION=\"",
            $number,
            " (",
            $name,
            ")\"\nVERSION_CODENAME=",
            $name,
            "\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n\
             SUPPORT_URL=\"https://www.debian.org/support\"\n\
             BUG_REPORT_URL=\"https://bugs.debian.org/\"\n"
        )
    };
}

/// An Oracle Linux's.
macro_rules! oracle {
    ($number:literal, $minor:literal) => {
        concat!(
            "NAME=\"Oracle Linux Server\"\nVERSION=\"",
            $number,
            ".",
            $minor,
            "\"\nID=\"ol\"\nID_LIKE=\"fedora\"\nVARIANT=\"Server\"\nVARIANT_ID=\"server\"\n\
             VERSION_ID=\"",
            $number,
            ".",
            $minor,
            "\"\nPRETTY_NAME=\"Oracle Linux Server ",
            $number,
            ".",
            $minor,
            "\"\nANSI_COLOR=\"0;31\"\nCPE_NAME=\"cpe:/o:oracle:linux:",
            $number,
            ":",
            $minor,
            ":server\"\nHOME_URL=\"https://linux.oracle.com/\"\n"
        )
    };
}

/// The file of the system that a MySQL package's version names (`5.7.44-1.el7`,
/// `5.7.42-1debian10`); of Debian's current one otherwise.
pub fn os_release(version: &str) -> &'static str {
    let rows = [
        ("debian9", debian!("9", "stretch")),
        ("debian10", debian!("10", "buster")),
        ("el7", oracle!("7", "9")),
        ("el8", oracle!("8", "10")),
        ("el9", oracle!("9", "6")),
    ];
    let found = rows.iter().find(|(ending, _)| version.ends_with(ending));
    found.map_or(debian!("12", "bookworm"), |(_, text)| text)
}
