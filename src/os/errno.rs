//! Error numbers, with Linux's values and glibc's texts.

/// A failed system call.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Errno {
    Perm,
    Noent,
    Srch,
    Intr,
    Io,
    TooBig,
    Noexec,
    Badf,
    Child,
    Again,
    Nomem,
    Acces,
    Busy,
    Exist,
    Xdev,
    Notdir,
    Isdir,
    Inval,
    Mfile,
    Txtbsy,
    Fbig,
    Nospc,
    Nxio,
    Spipe,
    Rofs,
    Mlink,
    Pipe,
    Nametoolong,
    Nosys,
    Notempty,
    Loop,
    Addrinuse,
    Notconn,
    Connreset,
    Connrefused,
    Timedout,
    Hostunreach,
}

impl Errno {
    /// Linux's number (asm-generic/errno*.h).
    pub fn number(self) -> i32 {
        self.row().0
    }

    /// glibc's `strerror`.
    pub fn text(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (i32, &'static str) {
        match self {
            Errno::Perm => (1, "Operation not permitted"),
            Errno::Nxio => (6, "No such device or address"),
            Errno::Noent => (2, "No such file or directory"),
            Errno::Srch => (3, "No such process"),
            Errno::Intr => (4, "Interrupted system call"),
            Errno::Io => (5, "Input/output error"),
            Errno::TooBig => (7, "Argument list too long"),
            Errno::Noexec => (8, "Exec format error"),
            Errno::Badf => (9, "Bad file descriptor"),
            Errno::Child => (10, "No child processes"),
            Errno::Again => (11, "Resource temporarily unavailable"),
            Errno::Nomem => (12, "Cannot allocate memory"),
            Errno::Acces => (13, "Permission denied"),
            Errno::Busy => (16, "Device or resource busy"),
            Errno::Exist => (17, "File exists"),
            Errno::Xdev => (18, "Invalid cross-device link"),
            Errno::Notdir => (20, "Not a directory"),
            Errno::Isdir => (21, "Is a directory"),
            Errno::Inval => (22, "Invalid argument"),
            Errno::Mfile => (24, "Too many open files"),
            Errno::Txtbsy => (26, "Text file busy"),
            Errno::Fbig => (27, "File too large"),
            Errno::Nospc => (28, "No space left on device"),
            Errno::Spipe => (29, "Illegal seek"),
            Errno::Rofs => (30, "Read-only file system"),
            Errno::Mlink => (31, "Too many links"),
            Errno::Pipe => (32, "Broken pipe"),
            Errno::Nametoolong => (36, "File name too long"),
            Errno::Nosys => (38, "Function not implemented"),
            Errno::Notempty => (39, "Directory not empty"),
            Errno::Loop => (40, "Too many levels of symbolic links"),
            Errno::Addrinuse => (98, "Address already in use"),
            Errno::Notconn => (107, "Transport endpoint is not connected"),
            Errno::Connreset => (104, "Connection reset by peer"),
            Errno::Connrefused => (111, "Connection refused"),
            Errno::Timedout => (110, "Connection timed out"),
            Errno::Hostunreach => (113, "No route to host"),
        }
    }
}

/// Why a name or an address could not be reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NetError {
    /// `getaddrinfo` found no such name (NXDOMAIN): "Name or service not known".
    NameUnknown,
    /// `getaddrinfo` got no answer from a DNS server: "Temporary failure in name resolution".
    NameTemporary,
    /// The connection failed with this error.
    Os(Errno),
}

impl NetError {
    /// glibc's `gai_strerror` or `strerror`.
    pub fn text(self) -> &'static str {
        match self {
            NetError::NameUnknown => "Name or service not known",
            NetError::NameTemporary => "Temporary failure in name resolution",
            NetError::Os(errno) => errno.text(),
        }
    }
}
