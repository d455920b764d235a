//! Expressions.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// An expression of any kind.
    pub(super) fn any(&mut self) -> String {
        match self.below(9) {
            0..=2 => self.number(),
            3..=5 => self.text(),
            6 if self.once_in(3) => self.clock(),
            6 => self.moment(),
            _ => self.truth(),
        }
    }

    fn number_leaf(&mut self) -> String {
        if self.once_in(2)
            && let Some(column) =
                self.column(&["id", "i", "u", "d", "f", "y", "i", "d"], &["id", "n_id", "q"])
        {
            return column;
        }
        self.pick(&[
            "0",
            "1",
            "2",
            "-1",
            "7",
            "10",
            "255",
            "1.5",
            "-2.50",
            "0.10",
            "3.14159",
            "1e2",
            "-0.5e0",
            "100000",
            "2147483648",
            "'12'",
            "'3.5'",
            "'1e1'",
            "'4abc'",
            "''",
            "NULL",
            "TRUE",
            "1.005",
            "9999999999",
            "'-7 '",
            "0x41",
        ])
    }

    /// A number, or what counts as one.
    pub(super) fn number(&mut self) -> String {
        self.deeper(Self::number_node, Self::number_leaf)
    }

    fn number_node(&mut self) -> String {
        match self.below(26) {
            0..=4 => self.number_leaf(),
            5..=9 => {
                let sign = self.pick(&["+", "-", "*", "/", "DIV", "%", "+", "-", "*"]);
                format!("({} {sign} {})", self.number(), self.number())
            }
            10 => {
                let name = self.pick(&["ABS", "FLOOR", "CEIL", "SIGN", "ROUND", "-", "BIT_COUNT"]);
                format!("{name}({})", self.number())
            }
            11 => {
                let name = self.pick(&["ROUND", "TRUNCATE"]);
                let places = self.pick(&["0", "1", "2", "3", "-1"]);
                format!("{name}({},{places})", self.number())
            }
            12 => format!("MOD({},{})", self.number(), self.number()),
            13 => {
                let name = self.pick(&["GREATEST", "LEAST"]);
                format!("{name}({})", self.list(2, 3, Self::number))
            }
            14 | 15 => self.choice(Self::number),
            16 => {
                let name = self.pick(&["LENGTH", "CHAR_LENGTH", "ASCII", "CRC32"]);
                format!("{name}({})", self.text())
            }
            17 | 18 => self.cast_to_number(),
            19 => {
                let name = self.pick(&[
                    "YEAR",
                    "MONTH",
                    "DAY",
                    "DAYOFWEEK",
                    "WEEKDAY",
                    "DAYOFYEAR",
                    "QUARTER",
                    "TO_DAYS",
                    "WEEK",
                ]);
                if self.once_in(4) {
                    let name = self.pick(&["HOUR", "MINUTE", "SECOND", "TIME_TO_SEC"]);
                    return format!("{name}({})", self.clock());
                }
                format!("{name}({})", self.moment())
            }
            20 => format!("DATEDIFF({},{})", self.moment(), self.moment()),
            21 => {
                let name = self.pick(&["LOCATE", "INSTR", "STRCMP", "FIND_IN_SET"]);
                format!("{name}({},{})", self.text(), self.text())
            }
            22 => {
                let unit = self.pick(&["DAY", "MONTH", "HOUR", "YEAR", "SECOND"]);
                format!("TIMESTAMPDIFF({unit},{},{})", self.moment(), self.moment())
            }
            23 => {
                let sign = self.pick(&["&", "|", "^", "<<", ">>"]);
                format!("({} {sign} {})", self.number(), self.number())
            }
            24 => self.truth(),
            _ => format!("-{}", self.number_leaf()),
        }
    }

    fn cast_to_number(&mut self) -> String {
        let kind = self.pick(&[
            "SIGNED",
            "UNSIGNED",
            "DECIMAL",
            "DECIMAL(6,2)",
            "DECIMAL(3,1)",
            "DECIMAL(12,4)",
        ]);
        format!("CAST({} AS {kind})", self.any())
    }

    /// CASE, IF and their like.
    fn choice(&mut self, part: fn(&mut Self) -> String) -> String {
        match self.below(7) {
            0 => format!("IF({},{},{})", self.truth(), part(self), part(self)),
            1 => format!("IFNULL({},{})", part(self), part(self)),
            2 => format!("COALESCE({})", self.list(1, 3, part)),
            3 => format!("NULLIF({},{})", part(self), self.any()),
            4 => format!(
                "CASE WHEN {} THEN {} WHEN {} THEN {} END",
                self.truth(),
                part(self),
                self.truth(),
                part(self)
            ),
            5 => format!("CASE WHEN {} THEN {} ELSE {} END", self.truth(), part(self), self.any()),
            _ => format!(
                "CASE {} WHEN {} THEN {} ELSE {} END",
                self.any(),
                self.any(),
                part(self),
                part(self)
            ),
        }
    }

    fn text_leaf(&mut self) -> String {
        if self.once_in(2)
            && let Some(column) = self.column(&["s", "c", "e", "s"], &["l"])
        {
            return column;
        }
        self.pick(&[
            "'a'",
            "'B'",
            "'abc'",
            "'ABC'",
            "'a b'",
            "' x '",
            "''",
            "'12'",
            "'2024-02-29'",
            "'10:11:12'",
            "'a,b,c'",
            "'it''s'",
            "NULL",
            "'x%'",
            "'3.5x'",
            "'abc '",
            "'red'",
        ])
    }

    /// A text.
    pub(super) fn text(&mut self) -> String {
        self.deeper(Self::text_node, Self::text_leaf)
    }

    fn text_node(&mut self) -> String {
        match self.below(20) {
            0..=4 => self.text_leaf(),
            5 | 6 => format!("CONCAT({})", self.list(1, 3, Self::any)),
            7 => {
                let name =
                    self.pick(&["UPPER", "LOWER", "TRIM", "LTRIM", "RTRIM", "REVERSE", "HEX"]);
                format!("{name}({})", self.text())
            }
            8 => {
                let name = self.pick(&["LEFT", "RIGHT", "SUBSTRING", "REPEAT"]);
                let count = self.pick(&["0", "1", "2", "3", "-1"]);
                format!("{name}({},{count})", self.any())
            }
            9 => {
                let name = self.pick(&["LPAD", "RPAD"]);
                format!("{name}({},{},'*-')", self.any(), self.range(0, 6))
            }
            10 => format!("REPLACE({},{},'-')", self.text(), self.text()),
            11 | 12 => {
                let kind = self.pick(&["CHAR", "CHAR(3)", "CHAR(10)", "BINARY"]);
                format!("CAST({} AS {kind})", self.any())
            }
            13 | 14 => self.choice(Self::text),
            15 => {
                let form = self.pick(&["%Y-%m-%d", "%W %e %b", "%H:%i", "%d/%m/%y %T", "%j"]);
                format!("DATE_FORMAT({},'{form}')", self.moment())
            }
            16 => format!("CONCAT_WS({})", self.list(2, 4, Self::any)),
            17 => format!("SUBSTRING_INDEX({},',',{})", self.text(), self.range(0, 2)),
            18 => format!("FORMAT({},{})", self.number(), self.range(0, 3)),
            _ => {
                let name = self.pick(&["HEX", "BIN", "OCT", "QUOTE", "DAYNAME", "ELT", "SPACE"]);
                match name.as_str() {
                    "ELT" => format!("ELT({},{})", self.number(), self.list(1, 3, Self::text)),
                    "QUOTE" => format!("QUOTE({})", self.text()),
                    "DAYNAME" => format!("DAYNAME({})", self.moment()),
                    "SPACE" => format!("SPACE({})", self.range(0, 3)),
                    name => format!("{name}({})", self.number()),
                }
            }
        }
    }

    fn moment_leaf(&mut self) -> String {
        if self.once_in(2)
            && let Some(column) = self.column(&["t", "m"], &[])
        {
            return column;
        }
        self.pick(&[
            "'2024-02-29'",
            "'2024-02-29 10:11:12'",
            "'2023-12-31 23:59:59'",
            "NULL",
            "20240229",
            "'2024-1-5'",
            "'2024-02-30'",
            "'abc'",
            "DATE '2024-02-29'",
            "20240229101112",
            "TIMESTAMP '2024-02-29 01:02:03'",
            "'0000-00-00'",
            "'2024-03-31'",
        ])
    }

    /// A time of day, or a span of time. Where a date is wanted, it would be one of today.
    fn clock(&mut self) -> String {
        if self.once_in(2)
            && let Some(column) = self.column(&["k"], &[])
        {
            return column;
        }
        match self.below(8) {
            0 => format!("SEC_TO_TIME({})", self.number()),
            1 => format!("CAST({} AS TIME)", self.moment()),
            2 => format!("TIME({})", self.moment()),
            3 => format!(
                "MAKETIME({},{},{})",
                self.range(0, 30),
                self.range(0, 70),
                self.range(0, 59)
            ),
            4 => format!("TIMEDIFF({}, {})", self.clock(), self.clock()),
            _ => self.pick(&["'10:11:12'", "TIME '01:02:03'", "'-1:00'", "'25:00:00'", "101112"]),
        }
    }

    /// A date or a time.
    pub(super) fn moment(&mut self) -> String {
        self.deeper(Self::moment_node, Self::moment_leaf)
    }

    fn moment_node(&mut self) -> String {
        let unit = self.pick(&["DAY", "MONTH", "HOUR", "YEAR", "SECOND", "WEEK", "MINUTE"]);
        match self.below(16) {
            0..=5 => self.moment_leaf(),
            6 | 7 => {
                let name = self.pick(&["DATE_ADD", "DATE_SUB"]);
                let count = self.pick(&["1", "-1", "30", "0", "'2'", "1.5"]);
                format!("{name}({},INTERVAL {count} {unit})", self.moment())
            }
            8 => {
                let name = self.pick(&["DATE", "LAST_DAY", "TIMESTAMP"]);
                format!("{name}({})", self.moment())
            }
            9 | 10 => {
                let kind = self.pick(&["DATE", "DATETIME"]);
                format!("CAST({} AS {kind})", self.moment())
            }
            11 => format!("({} + INTERVAL {} {unit})", self.moment(), self.range(0, 40)),
            12 => self.choice(Self::moment),
            13 => {
                let (text, form) = [
                    ("29.02.2024", "%d.%m.%Y"),
                    ("2024-02-29 10:11:12", "%Y-%m-%d %H:%i:%s"),
                    ("5 Mar 24", "%e %b %y"),
                    ("x", "%Y"),
                ][self.below(4) as usize];
                format!("STR_TO_DATE('{text}','{form}')")
            }
            14 => {
                let name = self.pick(&["GREATEST", "LEAST"]);
                format!("{name}({})", self.list(2, 3, Self::moment))
            }
            _ => match self.below(3) {
                0 => format!("MAKEDATE(2024,{})", self.range(0, 400)),
                1 => format!("FROM_UNIXTIME({})", self.pick(&["0", "86400", "1.5", "1709164800"])),
                _ => format!("TIMESTAMPADD({unit},{},{})", self.range(0, 5), self.moment()),
            },
        }
    }

    /// A condition.
    pub(super) fn truth(&mut self) -> String {
        self.deeper(Self::truth_node, |m| {
            let sign = m.sign();
            format!("({} {sign} {})", m.number_leaf(), m.number_leaf())
        })
    }

    fn sign(&mut self) -> String {
        self.pick(&["=", "<>", "<", "<=", ">", ">=", "<=>", "="])
    }

    fn truth_node(&mut self) -> String {
        let not = if self.once_in(4) { "NOT " } else { "" };
        match self.below(18) {
            0..=2 => format!("({} {} {})", self.number(), self.sign(), self.number()),
            3 | 4 => format!("({} {} {})", self.text(), self.sign(), self.text()),
            5 if self.once_in(3) => format!("({} {} {})", self.clock(), self.sign(), self.clock()),
            5 => format!("({} {} {})", self.moment(), self.sign(), self.moment()),
            6 | 7 => format!("({} {} {})", self.any(), self.sign(), self.any()),
            8 => format!("({} {not}BETWEEN {} AND {})", self.any(), self.any(), self.any()),
            9 | 10 => format!("({} {not}IN ({}))", self.any(), self.list(1, 3, Self::any)),
            11 => {
                let form = self.pick(&["a%", "%b%", "_2", "%", "ab_", "a\\_%", "%5x"]);
                format!("({} {not}LIKE '{form}')", self.any())
            }
            12 => format!("({} IS {not}NULL)", self.any()),
            13 | 14 => {
                let sign = self.pick(&["AND", "OR", "XOR"]);
                format!("({} {sign} {})", self.truth(), self.truth())
            }
            15 => format!("(NOT {})", self.any()),
            16 => {
                let form = self.pick(&["^a", "[0-9]+", "b$", "."]);
                format!("({} {not}REGEXP '{form}')", self.text())
            }
            _ => {
                let what = self.pick(&["TRUE", "FALSE", "UNKNOWN"]);
                format!("({} IS {not}{what})", self.truth())
            }
        }
    }
}
