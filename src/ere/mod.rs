//! POSIX regular expressions, basic and extended: leftmost-longest, as regcomp(3) does it.
