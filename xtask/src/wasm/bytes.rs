//! Numbers and names, read and written.

use crate::Trouble;

/// A place in bytes that are read from front to back.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// How many bytes were read.
    pub at: usize,
}

impl<'a> Reader<'a> {
    /// At the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// Whether nothing is left.
    pub fn done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Trouble> {
        let byte = *self.bytes.get(self.at).ok_or("the wasm module ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        let end = self.at.checked_add(count).ok_or("the wasm module is damaged")?;
        let taken = self.bytes.get(self.at..end).ok_or("the wasm module ends too early")?;
        self.at = end;
        Ok(taken)
    }

    /// A number without a sign, as LEB128.
    pub fn number(&mut self) -> Result<u32, Trouble> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f).wrapping_shl(shift);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err("a number in the wasm module is too long".into())
    }

    /// A number with a sign, as LEB128.
    pub fn signed(&mut self) -> Result<i64, Trouble> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= i64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                let unused = 63 - shift - 6;
                return Ok(number << unused >> unused);
            }
        }
        Err("a number in the wasm module is too long".into())
    }

    /// A number of any kind and length, as LEB128, passed over.
    pub fn skip_number(&mut self) -> Result<(), Trouble> {
        while self.byte()? >= 0x80 {}
        Ok(())
    }

    /// Bytes that follow their number.
    pub fn sized(&mut self) -> Result<&'a [u8], Trouble> {
        let count = self.number()?;
        self.take(count as usize)
    }
}

/// Appends a number without a sign, as LEB128.
pub fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a number with a sign, as LEB128.
pub fn put_signed(out: &mut Vec<u8>, mut number: i32) {
    loop {
        let byte = number as u8 & 0x7f;
        number >>= 7;
        if (number == 0 && byte & 0x40 == 0) || (number == -1 && byte & 0x40 != 0) {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// Appends bytes after their number.
pub fn put_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    put(out, u32::try_from(bytes.len()).expect("a module is smaller than 4 GiB"));
    out.extend_from_slice(bytes);
}

/// A vector: its length, then its items as they are.
pub fn vector<T: AsRef<[u8]>>(items: &[T]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, u32::try_from(items.len()).expect("a module is smaller than 4 GiB"));
    for item in items {
        out.extend_from_slice(item.as_ref());
    }
    out
}
