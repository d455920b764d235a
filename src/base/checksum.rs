//! Checksums by their standards: MD5 (RFC 1321), SHA (FIPS 180-4), CRC-32, and those of POSIX's
//! cksum and of sum.

use super::Blob;
use super::blob::Run;

/// Which one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    /// cksum's CRC-32, its highest bits first.
    Posix,
    /// sum's own.
    Bsd,
    /// sum's with `-s`.
    SysV,
}

/// A checksum in the making.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Checksum {
    algorithm: Algorithm,
    state: [u64; 8],
    block: Vec<u8>,
    length: u64,
}

/// FIPS 180-4: the square roots of the first sixteen primes, 64 bits behind the point. SHA-512's
/// begin here; SHA-384's are the last eight. SHA-256's are the high halves of the former, SHA-224's
/// the low ones of the latter.
const ROOTS: [u64; 16] = [
    0x6a09e667f3bcc908,
    0xbb67ae8584caa73b,
    0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1,
    0x510e527fade682d1,
    0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b,
    0x5be0cd19137e2179,
    0xcbbb9d5dc1059ed8,
    0x629a292a367cd507,
    0x9159015a3070dd17,
    0x152fecd8f70e5939,
    0x67332667ffc00b31,
    0x8eb44a8768581511,
    0xdb0c2e0d64f98fa7,
    0x47b5481dbefa4fa4,
];
/// MD5 uses the first four, SHA-1 five.
const MD5_START: [u64; 8] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0, 0, 0, 0];

impl Checksum {
    /// Of nothing yet.
    pub fn new(algorithm: Algorithm) -> Checksum {
        let roots = |from: usize| -> [u64; 8] { std::array::from_fn(|at| ROOTS[from + at]) };
        let state = match algorithm {
            Algorithm::Sha224 => roots(8).map(|root| root & 0xffff_ffff),
            Algorithm::Sha256 => roots(0).map(|root| root >> 32),
            Algorithm::Sha384 => roots(8),
            Algorithm::Sha512 => roots(0),
            Algorithm::Md5 | Algorithm::Sha1 => MD5_START,
            Algorithm::Posix | Algorithm::Bsd | Algorithm::SysV => [0; 8],
        };
        Checksum { algorithm, state, block: Vec::new(), length: 0 }
    }

    /// The checksum of these bytes, as [`Checksum::finish`] gives it.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> String {
        let mut sum = Checksum::new(algorithm);
        sum.take(bytes);
        sum.finish()
    }

    /// Bytes of a block.
    fn block_length(&self) -> usize {
        match self.algorithm {
            Algorithm::Sha384 | Algorithm::Sha512 => 128,
            Algorithm::Posix | Algorithm::Bsd | Algorithm::SysV => 1,
            _ => 64,
        }
    }

    /// More bytes.
    pub fn take(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        let length = self.block_length();
        if length == 1 {
            let add = match self.algorithm {
                Algorithm::Posix => posix,
                Algorithm::Bsd => |sum: u64, byte: u8| {
                    u64::from((sum as u16).rotate_right(1).wrapping_add(u16::from(byte)))
                },
                _ => |sum: u64, byte: u8| sum + u64::from(byte),
            };
            self.state[0] = bytes.iter().fold(self.state[0], |sum, byte| add(sum, *byte));
            return;
        }
        self.block.extend(bytes);
        let whole = self.block.len() / length * length;
        let blocks: Vec<u8> = self.block.drain(..whole).collect();
        let of_words = |add: fn(&mut [u32; 8], &[u8]), state: &mut [u64; 8]| {
            let mut words = state.map(|word| word as u32);
            blocks.chunks_exact(64).for_each(|block| add(&mut words, block));
            *state = words.map(u64::from);
        };
        match self.algorithm {
            Algorithm::Md5 => of_words(md5, &mut self.state),
            Algorithm::Sha1 => of_words(sha1, &mut self.state),
            Algorithm::Sha224 | Algorithm::Sha256 => of_words(sha256, &mut self.state),
            _ => blocks.chunks_exact(128).for_each(|block| sha512(&mut self.state, block)),
        }
    }

    /// The checksum in hexadecimal (cksum's and sum's: in decimal, and how many bytes or blocks);
    /// what follows begins a new one.
    pub fn finish(&mut self) -> String {
        let length = self.length;
        let block = self.block_length();
        let mut tail = vec![0x80];
        let room = block - block / 8;
        let rest = (length % block as u64) as usize;
        tail.resize(1 + (room + block - 1 - rest) % block, 0);
        match self.algorithm {
            Algorithm::Md5 => tail.extend((length * 8).to_le_bytes()),
            _ if block == 128 => tail.extend((u128::from(length) * 8).to_be_bytes()),
            _ => tail.extend((length * 8).to_be_bytes()),
        }
        let text = match self.algorithm {
            Algorithm::Posix => {
                let digits = 8 - length.leading_zeros() as usize / 8;
                let crc = length.to_le_bytes()[..digits]
                    .iter()
                    .fold(self.state[0], |crc, byte| posix(crc, *byte));
                format!("{} {length}", !crc as u32)
            }
            Algorithm::Bsd => format!("{:05} {:>5}", self.state[0], length.div_ceil(1_024)),
            Algorithm::SysV => {
                let sum = self.state[0] & 0xffff_ffff;
                let sum = (sum & 0xffff) + (sum >> 16);
                format!("{} {}", (sum & 0xffff) + (sum >> 16), length.div_ceil(512))
            }
            algorithm => {
                self.take(&tail);
                let (words, digits) = match algorithm {
                    Algorithm::Md5 => (4, 8),
                    Algorithm::Sha1 => (5, 8),
                    Algorithm::Sha224 => (7, 8),
                    Algorithm::Sha384 => (6, 16),
                    Algorithm::Sha512 => (8, 16),
                    _ => (8, 8),
                };
                let swap = algorithm == Algorithm::Md5;
                let word = |word: &u64| match swap {
                    true => u64::from((*word as u32).swap_bytes()),
                    false => *word,
                };
                let words = self.state[..words].iter();
                words.map(|at| format!("{:0digits$x}", word(at))).collect()
            }
        };
        *self = Checksum::new(self.algorithm);
        text
    }
}

/// A byte more in a CRC-32 whose highest bits come first.
fn posix(crc: u64, byte: u8) -> u64 {
    let crc = crc as u32 ^ u32::from(byte) << 24;
    let add = |crc: u32, _| (crc << 1) ^ (0x04c1_1db7 & (crc >> 31).wrapping_neg());
    u64::from((0..8).fold(crc, add))
}

/// FIPS 180-4: the cube roots of the first eighty primes, 64 bits behind the point. SHA-256 uses
/// the high halves of the first 64.
const CUBE_ROOTS: [u64; 80] = [
    0x428a2f98d728ae22,
    0x7137449123ef65cd,
    0xb5c0fbcfec4d3b2f,
    0xe9b5dba58189dbbc,
    0x3956c25bf348b538,
    0x59f111f1b605d019,
    0x923f82a4af194f9b,
    0xab1c5ed5da6d8118,
    0xd807aa98a3030242,
    0x12835b0145706fbe,
    0x243185be4ee4b28c,
    0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f,
    0x80deb1fe3b1696b1,
    0x9bdc06a725c71235,
    0xc19bf174cf692694,
    0xe49b69c19ef14ad2,
    0xefbe4786384f25e3,
    0x0fc19dc68b8cd5b5,
    0x240ca1cc77ac9c65,
    0x2de92c6f592b0275,
    0x4a7484aa6ea6e483,
    0x5cb0a9dcbd41fbd4,
    0x76f988da831153b5,
    0x983e5152ee66dfab,
    0xa831c66d2db43210,
    0xb00327c898fb213f,
    0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2,
    0xd5a79147930aa725,
    0x06ca6351e003826f,
    0x142929670a0e6e70,
    0x27b70a8546d22ffc,
    0x2e1b21385c26c926,
    0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df,
    0x650a73548baf63de,
    0x766a0abb3c77b2a8,
    0x81c2c92e47edaee6,
    0x92722c851482353b,
    0xa2bfe8a14cf10364,
    0xa81a664bbc423001,
    0xc24b8b70d0f89791,
    0xc76c51a30654be30,
    0xd192e819d6ef5218,
    0xd69906245565a910,
    0xf40e35855771202a,
    0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8,
    0x1e376c085141ab53,
    0x2748774cdf8eeb99,
    0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63,
    0x4ed8aa4ae3418acb,
    0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc,
    0x78a5636f43172f60,
    0x84c87814a1f0ab72,
    0x8cc702081a6439ec,
    0x90befffa23631e28,
    0xa4506cebde82bde9,
    0xbef9a3f7b2c67915,
    0xc67178f2e372532b,
    0xca273eceea26619c,
    0xd186b8c721c0c207,
    0xeada7dd6cde0eb1e,
    0xf57d4f7fee6ed178,
    0x06f067aa72176fba,
    0x0a637dc5a2c898a6,
    0x113f9804bef90dae,
    0x1b710b35131c471b,
    0x28db77f523047d84,
    0x32caab7b40c72493,
    0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6,
    0x597f299cfc657e2a,
    0x5fcb6fab3ad6faec,
    0x6c44198c4a475817,
];

fn sha256(state: &mut [u32; 8], block: &[u8]) {
    let mut w = [0u32; 64];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
    }
    for i in 16..64 {
        let a = w[i - 15].rotate_right(7) ^ w[i - 15].rotate_right(18) ^ (w[i - 15] >> 3);
        let b = w[i - 2].rotate_right(17) ^ w[i - 2].rotate_right(19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16].wrapping_add(a).wrapping_add(w[i - 7]).wrapping_add(b);
    }
    let mut s = *state;
    for (word, root) in w.into_iter().zip(CUBE_ROOTS) {
        let e = s[4].rotate_right(6) ^ s[4].rotate_right(11) ^ s[4].rotate_right(25);
        let choice = (s[4] & s[5]) ^ (!s[4] & s[6]);
        let add = ((root >> 32) as u32).wrapping_add(word);
        let one = s[7].wrapping_add(e).wrapping_add(choice).wrapping_add(add);
        let a = s[0].rotate_right(2) ^ s[0].rotate_right(13) ^ s[0].rotate_right(22);
        let two = a.wrapping_add((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s = [one.wrapping_add(two), s[0], s[1], s[2], s[3].wrapping_add(one), s[4], s[5], s[6]];
    }
    for (word, add) in state.iter_mut().zip(s) {
        *word = word.wrapping_add(add);
    }
}

fn sha512(state: &mut [u64; 8], block: &[u8]) {
    let mut w = [0u64; 80];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(8)) {
        *word = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
    }
    for i in 16..80 {
        let a = w[i - 15].rotate_right(1) ^ w[i - 15].rotate_right(8) ^ (w[i - 15] >> 7);
        let b = w[i - 2].rotate_right(19) ^ w[i - 2].rotate_right(61) ^ (w[i - 2] >> 6);
        w[i] = w[i - 16].wrapping_add(a).wrapping_add(w[i - 7]).wrapping_add(b);
    }
    let mut s = *state;
    for (word, root) in w.into_iter().zip(CUBE_ROOTS) {
        let e = s[4].rotate_right(14) ^ s[4].rotate_right(18) ^ s[4].rotate_right(41);
        let choice = (s[4] & s[5]) ^ (!s[4] & s[6]);
        let add = root.wrapping_add(word);
        let one = s[7].wrapping_add(e).wrapping_add(choice).wrapping_add(add);
        let a = s[0].rotate_right(28) ^ s[0].rotate_right(34) ^ s[0].rotate_right(39);
        let two = a.wrapping_add((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        s = [one.wrapping_add(two), s[0], s[1], s[2], s[3].wrapping_add(one), s[4], s[5], s[6]];
    }
    for (word, add) in state.iter_mut().zip(s) {
        *word = word.wrapping_add(add);
    }
}

/// RFC 1321's table: the whole part of 2^32 times |sin(i + 1)|.
const MD5_K: [u32; 64] = [
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
];

fn md5(state: &mut [u32; 8], block: &[u8]) {
    const TURNS: [[u32; 4]; 4] =
        [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut w = [0u32; 16];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
    }
    let [mut a, mut b, mut c, mut d] = [state[0], state[1], state[2], state[3]];
    for i in 0..64 {
        let (mix, from) = match i / 16 {
            0 => ((b & c) | (!b & d), i),
            1 => ((d & b) | (!d & c), (5 * i + 1) % 16),
            2 => (b ^ c ^ d, (3 * i + 5) % 16),
            _ => (c ^ (b | !d), 7 * i % 16),
        };
        let sum = a.wrapping_add(mix).wrapping_add(MD5_K[i]).wrapping_add(w[from]);
        (a, d, c) = (d, c, b);
        b = b.wrapping_add(sum.rotate_left(TURNS[i / 16][i % 4]));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(add);
    }
}

fn sha1(state: &mut [u32; 8], block: &[u8]) {
    let mut w = [0u32; 80];
    for (word, bytes) in w.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
    }
    for i in 16..80 {
        w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = [state[0], state[1], state[2], state[3], state[4]];
    for (i, word) in w.iter().enumerate() {
        let (mix, constant) = match i / 20 {
            0 => ((b & c) | (!b & d), 0x5a827999),
            1 => (b ^ c ^ d, 0x6ed9eba1),
            2 => ((b & c) | (b & d) | (c & d), 0x8f1bbcdc),
            _ => (b ^ c ^ d, 0xca62c1d6_u32),
        };
        let sum = a.rotate_left(5).wrapping_add(mix).wrapping_add(e);
        (e, d, c, b, a) =
            (d, c, b.rotate_left(30), a, sum.wrapping_add(constant).wrapping_add(*word));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(add);
    }
}

/// CRC-32 (IEEE 802.3), as zlib, zip and a binlog have it.
pub fn crc32(bytes: &[u8]) -> u32 {
    !crc_on(u32::MAX, bytes)
}

/// CRC-32 of a blob; the time a hole takes grows with the logarithm of its length.
pub fn crc32_of(blob: &Blob) -> u32 {
    !blob.runs().iter().fold(u32::MAX, |crc, run| match run {
        Run::Bytes(bytes) => crc_on(crc, bytes),
        Run::Hole(length) => crc_over_zeros(crc, *length),
    })
}

/// What so many zero bytes make of a CRC: it is a linear map over the field of two elements, as
/// zlib's `crc32_combine` has it.
fn crc_over_zeros(mut crc: u32, length: u64) -> u32 {
    let times = |map: &[u32; 32], value: u32| -> u32 {
        (0..32).filter(|bit| value >> bit & 1 == 1).fold(0, |sum, bit| sum ^ map[bit as usize])
    };
    // Of one bit; squared three times, of a byte.
    let mut map: [u32; 32] = std::array::from_fn(|bit| match bit {
        0 => 0xedb8_8320,
        bit => 1 << (bit - 1),
    });
    let square = |map: &mut [u32; 32]| *map = map.map(|column| times(map, column));
    (0..3).for_each(|_| square(&mut map));
    let mut left = length;
    while left > 0 {
        if left & 1 == 1 {
            crc = times(&map, crc);
        }
        square(&mut map);
        left >>= 1;
    }
    crc
}

fn crc_on(mut crc: u32, bytes: &[u8]) -> u32 {
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_counts_as_its_zero_bytes() {
        let mut blob = Blob::from("head");
        blob.push_hole(100_001);
        blob.push_bytes(b"tail");
        assert_eq!(crc32_of(&blob), crc32(&blob.to_bytes(u64::MAX)));
    }

    #[test]
    fn checksums_are_those_of_the_standards() {
        let rows = [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ];
        for (algorithm, sum) in rows {
            assert_eq!(Checksum::of(algorithm, b"abc"), sum, "{algorithm:?}");
        }
    }
}
