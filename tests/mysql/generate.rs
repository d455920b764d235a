//! Statements made up from the grammar, for comparison with a real server.
//!
//! All of them read and write the three tables of [`TABLES`], within transactions that are rolled
//! back. What a server would leave to chance is left out: clocks, RAND(), rows without an order
//! where only some of them are taken.

#[path = "generate/query.rs"]
mod query;
#[path = "generate/value.rs"]
mod value;
#[path = "generate/write.rs"]
mod write;

use crate::chooser::Chooser;
use ordinal::base::seed::Seed;

/// Makes up text. Each part of the grammar is a method that gives its SQL.
pub struct Maker {
    chance: Seed,
    /// Levels still allowed below this one.
    depth: u32,
    /// What columns may be named here.
    tables: Vec<&'static str>,
}

/// The tables, as they are before each case; and the day that a TIME is of, so that it is the same
/// whenever they are asked.
pub const TABLES: [&str; 9] = [
    "SET TIMESTAMP=1709200000",
    "DROP DATABASE IF EXISTS g",
    "CREATE DATABASE g",
    "USE g",
    "CREATE TABLE n (id INT PRIMARY KEY, i INT, u INT UNSIGNED, d DECIMAL(8,2), f DOUBLE, \
     s VARCHAR(20), c CHAR(6), t DATE, m DATETIME, k TIME, y YEAR, e ENUM('a','b','c'))",
    "INSERT INTO n VALUES \
     (1,5,7,1.50,0.5,'abc','Ab','2024-02-29','2024-02-29 10:11:12','10:11:12',2024,'a'),\
     (2,-3,0,-20.25,1e10,'12','12','2023-12-31','2023-12-31 23:59:59','-01:00:00',1999,'b'),\
     (3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL),\
     (4,0,4294967295,0.00,-2.75,'','x','2000-01-01','2000-01-01 00:00:00','00:00:00',2000,'c'),\
     (5,5,12,999999.99,3,'3.5x','ABC','2024-02-01','2024-02-29 10:11:12','25:30:00',2024,'a')",
    "CREATE TABLE o (id INT PRIMARY KEY AUTO_INCREMENT, n_id INT, q INT NOT NULL, \
     l VARCHAR(10) NOT NULL DEFAULT 'x', UNIQUE KEY lq (l,q), KEY n_id (n_id))",
    "INSERT INTO o VALUES (1,1,10,'red'),(2,1,20,'blue'),(3,2,5,'red'),(4,3,7,'green'),\
     (5,NULL,1,'x'),(6,9,20,'Red')",
    "CREATE TABLE w (id INT PRIMARY KEY AUTO_INCREMENT, ti TINYINT, su SMALLINT UNSIGNED NOT NULL, \
     de DECIMAL(5,2), fl FLOAT, vc VARCHAR(5), ch CHAR(3) NOT NULL DEFAULT 'abc', da DATE, \
     dt DATETIME, tm TIME, en ENUM('x','y'), UNIQUE KEY vc (vc))",
];

/// Case `number` of `seed`: statements, the last of which shows what they warned of or left.
pub fn case(seed: u64, number: u64) -> Vec<String> {
    let chance = Seed(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let mut maker = Maker { chance, depth: 2, tables: Vec::new() };
    if maker.once_in(3) { maker.writes() } else { maker.reads() }
}

impl Chooser for Maker {
    fn chance(&mut self) -> &mut Seed {
        &mut self.chance
    }

    fn depth(&mut self) -> &mut u32 {
        &mut self.depth
    }
}

impl Maker {
    /// Some of these, joined with commas.
    fn list(&mut self, from: u64, to: u64, mut one: impl FnMut(&mut Self) -> String) -> String {
        let items: Vec<String> = (0..self.range(from, to)).map(|_| one(self)).collect();
        items.join(",")
    }

    /// A name of one of the columns of the kind, where there is any.
    fn column(&mut self, of_n: &[&str], of_o: &[&str]) -> Option<String> {
        if self.tables.is_empty() {
            return None;
        }
        let at = self.below(self.tables.len() as u64) as usize;
        let table = self.tables[at];
        let columns = match &table[..1] {
            "n" => of_n,
            _ => of_o,
        };
        if columns.is_empty() {
            return None;
        }
        let column = self.pick(columns);
        Some(if self.tables.len() > 1 { format!("{table}.{column}") } else { column })
    }
}
