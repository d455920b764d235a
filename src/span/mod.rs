//! Text someone really wrote, and places in it.
