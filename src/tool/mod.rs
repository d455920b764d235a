//! The small Unix programs that images bring (cat, sed, awk …), each plain data with a turn.
