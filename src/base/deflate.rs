//! DEFLATE (RFC 1951), both ways. `miniz_oxide` would add 50 kB to the page, this adds four.
//!
//! The same bytes always give the same stream; a hole of a [`Blob`] costs what a run of zero bytes
//! costs, and long runs of zero bytes come out as holes.

use super::Blob;
use super::blob::Run;
use super::limit::BLOB_BYTES_MAX;

/// The farthest a match reaches back, bytes.
const WINDOW: usize = 32_768;

/// The shortest and the longest match, bytes.
const MATCH: [usize; 2] = [3, 258];

/// Zero bytes in a row that become a hole.
const HOLE_MIN: usize = 2 * WINDOW;

/// Symbols of one block.
const BLOCK_SYMBOLS: usize = 16_384;

/// Bits that code lengths may have.
const BITS_MAX: usize = 15;

/// The code of lengths: first length and extra bits of the symbols from 257 on.
const LENGTHS: [(u16, u8); 29] = {
    let mut all = [(0, 0); 29];
    let mut at = 0;
    while at < 28 {
        let extra = if at < 8 { 0 } else { at / 4 - 1 };
        all[at] = if at < 8 {
            (3 + at as u16, 0)
        } else {
            (3 + ((4 + at as u16 % 4) << extra), extra as u8)
        };
        at += 1;
    }
    all[28] = (258, 0);
    all
};

/// The order in which a block's head has the lengths of the code of lengths.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// First distance and extra bits of a distance symbol.
fn distance(symbol: usize) -> (usize, u32) {
    match symbol {
        0..4 => (symbol + 1, 0),
        _ => {
            let extra = symbol as u32 / 2 - 1;
            (((2 + symbol % 2) << extra) + 1, extra)
        }
    }
}

/// Why a stream cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It ends too early.
    Short,
    /// It is not one.
    Wrong,
    /// It unpacks to more than one file may keep ([`BLOB_BYTES_MAX`]).
    Large,
}

/// Bits, the lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    bit: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Result<usize, Broken> {
        let mut value = 0;
        for place in 0..count {
            let byte = *self.bytes.get(self.at).ok_or(Broken::Short)?;
            value |= usize::from(byte >> self.bit & 1) << place;
            self.bit += 1;
            if self.bit == 8 {
                (self.at, self.bit) = (self.at + 1, 0);
            }
        }
        Ok(value)
    }

    fn align(&mut self) {
        if self.bit > 0 {
            (self.at, self.bit) = (self.at + 1, 0);
        }
    }

    /// The next symbol of a code.
    fn symbol(&mut self, code: &Code) -> Result<usize, Broken> {
        let (mut value, mut first, mut index) = (0, 0, 0);
        for count in &code.counts[1..] {
            value |= self.take(1)?;
            let count = usize::from(*count);
            if value < first + count {
                return Ok(usize::from(code.symbols[index + value - first]));
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        Err(Broken::Wrong)
    }
}

/// A canonical Huffman code.
struct Code {
    /// How many symbols have this length.
    counts: [u16; BITS_MAX + 1],
    /// Symbols by length, then by value.
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Result<Code, Broken> {
        let mut counts = [0; BITS_MAX + 1];
        lengths.iter().for_each(|length| counts[usize::from(*length)] += 1);
        counts[0] = 0;
        let mut left = 1_i32;
        for count in &counts[1..] {
            left = (left << 1) - i32::from(*count);
            if left < 0 {
                return Err(Broken::Wrong);
            }
        }
        let mut symbols: Vec<u16> =
            (0..lengths.len() as u16).filter(|symbol| lengths[usize::from(*symbol)] > 0).collect();
        symbols.sort_by_key(|symbol| lengths[usize::from(*symbol)]);
        Ok(Code { counts, symbols })
    }
}

/// What has been unpacked.
#[derive(Default)]
struct Unpacked {
    done: Blob,
    /// What follows, with as much before it as a match may reach back to.
    tail: Vec<u8>,
    /// Zero bytes at the tail's front that belong to a hole.
    lead: usize,
    /// Zero bytes at the tail's end.
    zeros: usize,
    /// Bytes kept in `done`.
    kept: usize,
}

impl Unpacked {
    fn push(&mut self, byte: u8) {
        self.tail.push(byte);
        self.zeros = if byte == 0 { self.zeros + 1 } else { 0 };
        if self.zeros > HOLE_MIN {
            self.flush(self.tail.len() - self.zeros);
            self.done.push_hole((self.zeros - WINDOW) as u64);
            (self.tail, self.lead, self.zeros) = (vec![0; WINDOW], WINDOW, WINDOW);
        }
    }

    /// The tail up to here.
    fn flush(&mut self, end: usize) {
        let lead = self.lead.min(end);
        self.done.push_hole(lead as u64);
        self.done.append(&Blob::from(&self.tail[lead..end]));
        self.kept += end - lead;
    }

    fn check_size(&self) -> Result<(), Broken> {
        if self.kept + self.tail.len() > BLOB_BYTES_MAX { Err(Broken::Large) } else { Ok(()) }
    }

    fn copy(&mut self, length: usize, back: usize) -> Result<(), Broken> {
        for _ in 0..length {
            let from = self.tail.len().checked_sub(back).ok_or(Broken::Wrong)?;
            self.push(self.tail[from]);
        }
        Ok(())
    }
}

/// Unpacks a stream that may have something behind it: its content, and its length in bytes.
///
/// # Errors
/// It is not a whole stream, or its content is too large.
pub fn inflate(stream: &[u8]) -> Result<(Blob, usize), Broken> {
    let mut bits = Bits { bytes: stream, at: 0, bit: 0 };
    let mut out = Unpacked::default();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                bits.align();
                let (length, check) = (bits.take(16)?, bits.take(16)?);
                if length != check ^ 0xffff {
                    return Err(Broken::Wrong);
                }
                for _ in 0..length {
                    out.push(bits.take(8)? as u8);
                }
                out.check_size()?;
            }
            1 => {
                let [literals, distances] = [Code::new(&fixed_lengths())?, Code::new(&[5; 30])?];
                block(&mut bits, &mut out, &literals, &distances)?;
            }
            2 => {
                let [literals, distances] = codes(&mut bits)?;
                block(&mut bits, &mut out, &literals, &distances)?;
            }
            _ => return Err(Broken::Wrong),
        }
        if last {
            break;
        }
    }
    bits.align();
    out.flush(out.tail.len());
    Ok((out.done, bits.at))
}

/// The two codes at a block's head.
fn codes(bits: &mut Bits) -> Result<[Code; 2], Broken> {
    let (literals, distances) = (bits.take(5)? + 257, bits.take(5)? + 1);
    let mut heads = [0; 19];
    for place in &ORDER[..bits.take(4)? + 4] {
        heads[*place] = bits.take(3)? as u8;
    }
    let head = Code::new(&heads)?;
    let mut lengths: Vec<u8> = Vec::new();
    while lengths.len() < literals + distances {
        let (value, count) = match bits.symbol(&head)? {
            16 => (*lengths.last().ok_or(Broken::Wrong)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length as u8, 1),
        };
        lengths.resize(lengths.len() + count, value);
    }
    if lengths.len() > literals + distances || lengths[256] == 0 {
        return Err(Broken::Wrong);
    }
    Ok([Code::new(&lengths[..literals])?, Code::new(&lengths[literals..])?])
}

fn block(
    bits: &mut Bits,
    out: &mut Unpacked,
    literals: &Code,
    distances: &Code,
) -> Result<(), Broken> {
    loop {
        out.check_size()?;
        match bits.symbol(literals)? {
            256 => return Ok(()),
            byte @ 0..256 => out.push(byte as u8),
            symbol => {
                let (base, extra) = *LENGTHS.get(symbol - 257).ok_or(Broken::Wrong)?;
                let length = usize::from(base) + bits.take(u32::from(extra))?;
                let symbol = bits.symbol(distances)?;
                if symbol >= 30 {
                    return Err(Broken::Wrong);
                }
                let (base, extra) = distance(symbol);
                let back = base + bits.take(extra)?;
                out.copy(length, back)?;
            }
        }
    }
}

/// A literal, or a match and how far back it lies.
#[derive(Clone, Copy)]
enum Symbol {
    Literal(u8),
    Match(u16, u16),
}

/// Writes a stream.
struct Packer {
    out: Vec<u8>,
    held: u64,
    count: u32,
    symbols: Vec<Symbol>,
    /// Candidates that are looked at for a match.
    depth: u32,
}

/// Packs. `level`, 1 to 9, says how hard it looks for repetitions.
pub fn deflate(content: &Blob, level: u32) -> Vec<u8> {
    let depth = 1 << level.min(9);
    let mut packer = Packer { out: Vec::new(), held: 0, count: 0, symbols: Vec::new(), depth };
    for run in content.runs() {
        match run {
            Run::Bytes(bytes) => packer.bytes(bytes),
            Run::Hole(length) => packer.hole(*length),
        }
    }
    packer.block(true);
    packer.bits(0, 7);
    packer.out
}

impl Packer {
    fn bits(&mut self, value: usize, count: u32) {
        self.held |= (value as u64) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn push(&mut self, symbol: Symbol) {
        self.symbols.push(symbol);
        if self.symbols.len() == BLOCK_SYMBOLS {
            self.block(false);
        }
    }

    fn hole(&mut self, length: u64) {
        self.push(Symbol::Literal(0));
        let mut left = length - 1;
        while left > 0 {
            let mut step = left.min(MATCH[1] as u64);
            // What is left must not be shorter than a match.
            if (1..MATCH[0] as u64).contains(&(left - step)) {
                step -= 2;
            }
            left -= step;
            match step {
                3.. => self.push(Symbol::Match(step as u16, 1)),
                _ => (0..step).for_each(|_| self.push(Symbol::Literal(0))),
            }
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        // Where the same three bytes began last, and for each place the one before it; 0: nowhere.
        let mut heads = vec![0_u32; 1 << 15];
        let mut before = vec![0_u32; bytes.len()];
        let hash = |at: usize| {
            let three = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0]);
            (three.wrapping_mul(0x9e37_79b1) >> 17) as usize
        };
        let mut at = 0;
        while at < bytes.len() {
            let found = match at + MATCH[0] <= bytes.len() {
                true => self.longest(bytes, at, heads[hash(at)], &before),
                false => None,
            };
            let step = match found {
                Some((length, back)) => {
                    self.push(Symbol::Match(length as u16, back as u16));
                    length
                }
                None => {
                    self.push(Symbol::Literal(bytes[at]));
                    1
                }
            };
            for place in at..(at + step).min(bytes.len().saturating_sub(MATCH[0] - 1)) {
                let head = &mut heads[hash(place)];
                before[place] = *head;
                *head = place as u32 + 1;
            }
            at += step;
        }
    }

    fn longest(
        &self,
        bytes: &[u8],
        at: usize,
        head: u32,
        before: &[u32],
    ) -> Option<(usize, usize)> {
        let most = MATCH[1].min(bytes.len() - at);
        let mut best = (MATCH[0] - 1, 0);
        let mut next = head;
        for _ in 0..self.depth {
            let Some(from) = (next as usize).checked_sub(1) else { break };
            if at - from > WINDOW - 1 || best.0 == most {
                break;
            }
            let same = (0..most).take_while(|i| bytes[from + i] == bytes[at + i]).count();
            if same > best.0 {
                best = (same, at - from);
            }
            next = before[from];
        }
        (best.1 > 0).then_some(best)
    }

    /// Writes the symbols as one block: with codes of its own, or with RFC 1951's if those are
    /// shorter.
    fn block(&mut self, last: bool) {
        let symbols = std::mem::take(&mut self.symbols);
        let (mut literals, mut distances) = ([0_u32; 286], [0_u32; 30]);
        literals[256] = 1;
        for symbol in &symbols {
            match symbol {
                Symbol::Literal(byte) => literals[usize::from(*byte)] += 1,
                Symbol::Match(length, back) => {
                    literals[257 + length_symbol(*length)] += 1;
                    distances[distance_symbol(*back)] += 1;
                }
            }
        }
        let size = |lengths: [&[u8]; 2]| -> u64 {
            let bits = |counts: &[u32], lengths: &[u8]| -> u64 {
                counts.iter().zip(lengths).map(|(n, bits)| u64::from(*n) * u64::from(*bits)).sum()
            };
            bits(&literals, lengths[0]) + bits(&distances, lengths[1])
        };
        let fixed = [fixed_lengths(), vec![5; 30]];
        let whole = size([&fixed[0], &fixed[1]]);
        // A code of one symbol is not complete, which some readers refuse.
        let mut counts = distances;
        counts[..2].iter_mut().for_each(|count| *count = (*count).max(1));
        let own = [lengths_of(&literals), lengths_of(&counts)];
        let head = head_of(&own.concat());
        let head_bits: u64 = head.iter().map(|(_, _, extra)| 5 + u64::from(*extra)).sum();
        self.bits(usize::from(last), 1);
        if whole <= size([&own[0], &own[1]]) + head_bits {
            self.bits(1, 2);
            return self.write(&symbols, &fixed);
        }
        self.bits(2, 2);
        self.bits(own[0].len() - 257, 5);
        self.bits(own[1].len() - 1, 5);
        self.bits(ORDER.len() - 4, 4);
        ORDER.iter().for_each(|place| self.bits(usize::from(HEAD[*place]), 3));
        let codes = codes_of(&HEAD);
        for (symbol, value, extra) in head {
            self.bits(codes[symbol], u32::from(HEAD[symbol]));
            self.bits(value, extra);
        }
        self.write(&symbols, &own);
    }

    /// Writes symbols with codes of these lengths.
    fn write(&mut self, symbols: &[Symbol], lengths: &[Vec<u8>; 2]) {
        let codes = [codes_of(&lengths[0]), codes_of(&lengths[1])];
        let put = |packer: &mut Packer, code: usize, symbol: usize| {
            packer.bits(codes[code][symbol], u32::from(lengths[code][symbol]));
        };
        for symbol in symbols {
            match *symbol {
                Symbol::Literal(byte) => put(self, 0, usize::from(byte)),
                Symbol::Match(length, back) => {
                    let (length_at, back_at) = (length_symbol(length), distance_symbol(back));
                    put(self, 0, 257 + length_at);
                    let (base, extra) = LENGTHS[length_at];
                    self.bits(usize::from(length - base), u32::from(extra));
                    put(self, 1, back_at);
                    let (base, extra) = distance(back_at);
                    self.bits(usize::from(back) - base, extra);
                }
            }
        }
        put(self, 0, 256);
    }
}

/// The code in which [`Packer`] writes the lengths of codes: complete, without the symbol 16.
const HEAD: [u8; 19] = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 0, 5, 5];

/// Code lengths in that code: symbols, each with its extra bits.
fn head_of(lengths: &[u8]) -> Vec<(usize, usize, u32)> {
    let mut head = Vec::new();
    for run in lengths.chunk_by(|one, two| one == two) {
        let mut left = run.len();
        while run[0] == 0 && left >= 3 {
            let step = left.min(138);
            head.push(if step > 10 { (18, step - 11, 7) } else { (17, step - 3, 3) });
            left -= step;
        }
        head.extend((0..left).map(|_| (usize::from(run[0]), 0, 0)));
    }
    head
}

/// RFC 1951, 3.2.6.
fn fixed_lengths() -> Vec<u8> {
    let mut lengths = vec![8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    lengths
}

fn length_symbol(length: u16) -> usize {
    LENGTHS.partition_point(|(base, _)| *base <= length) - 1
}

fn distance_symbol(back: u16) -> usize {
    (0..30).rfind(|symbol| distance(*symbol).0 <= usize::from(back)).unwrap_or(0)
}

/// Code lengths of symbols that occur so often (Huffman's), none above [`BITS_MAX`].
fn lengths_of(counts: &[u32]) -> Vec<u8> {
    let mut counts = counts.to_vec();
    loop {
        // Trees: how often, and the symbols in them with their depths so far.
        let mut trees: Vec<(u32, Vec<usize>)> = (0..counts.len())
            .filter(|at| counts[*at] > 0)
            .map(|at| (counts[at], vec![at]))
            .collect();
        let mut lengths = vec![0; counts.len()];
        trees.sort_by_key(|(count, leaves)| std::cmp::Reverse((*count, leaves[0])));
        while let (Some(one), true) = (trees.pop(), !trees.is_empty()) {
            let Some(two) = trees.pop() else { break };
            let leaves = [one.1, two.1].concat();
            leaves.iter().for_each(|at| lengths[*at] += 1);
            let count = one.0 + two.0;
            let place = trees.partition_point(|(other, _)| *other >= count);
            trees.insert(place, (count, leaves));
        }
        if lengths.iter().all(|length| usize::from(*length) <= BITS_MAX) {
            return lengths;
        }
        counts.iter_mut().filter(|count| **count > 0).for_each(|count| *count = *count / 2 + 1);
    }
}

/// The canonical code of these lengths, its bits reversed as they are written.
fn codes_of(lengths: &[u8]) -> Vec<usize> {
    let mut codes = vec![0; lengths.len()];
    let mut next = 0_u16;
    for bits in 1..=BITS_MAX as u8 {
        for (at, _) in lengths.iter().enumerate().filter(|(_, length)| **length == bits) {
            codes[at] = usize::from(next.reverse_bits() >> (16 - bits));
            next += 1;
        }
        next <<= 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let mut blob = Blob::from("head head head, ");
        for length in [1, 2, 3, 4, 259, 260, 261, 262, 70_000, 1_000_003] {
            blob.push_hole(length);
            let text: String = (0..length % 5_000).map(|n| format!("{} ", n * n % 977)).collect();
            blob.push_bytes(text.as_bytes());
        }
        for level in [1, 6, 9] {
            let packed = deflate(&blob, level);
            let (again, length) = inflate(&packed).expect("it is whole");
            assert_eq!(length, packed.len());
            assert_eq!(again.len(), blob.len());
            assert!(again.to_bytes(u64::MAX) == blob.to_bytes(u64::MAX));
            assert!(again.kept() < 200_000, "long holes are holes again");
            assert_eq!(inflate(&packed[..packed.len() - 1]), Err(Broken::Short));
        }
        let much = vec![b'x'; BLOB_BYTES_MAX + 1];
        let packed = deflate(&Blob::from(&much[1..]), 6);
        assert_eq!(inflate(&packed).map(|(blob, _)| blob.len()), Ok(BLOB_BYTES_MAX as u64));
        assert_eq!(inflate(&deflate(&Blob::from(&much[..]), 6)), Err(Broken::Large));
        let empty = deflate(&Blob::new(), 6);
        assert_eq!(inflate(&empty), Ok((Blob::new(), empty.len())));
    }
}
