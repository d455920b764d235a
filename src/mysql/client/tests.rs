//! What the client prints, and where it thinks a statement ends.

use super::print::{Look, result_text, seconds};
use super::split::{Piece, Splitter};
use crate::base::Millis;
use crate::mysql::run::{Answer, Rows};

fn look(table: bool, vertical: bool, chatty: bool) -> Look {
    Look { table, vertical, chatty, times: chatty, ..Look::default() }
}

#[test]
fn tables_as_the_client_draws_them() {
    let mut rows = Rows::with_heads(&["#@@server_id", "NOW()"]);
    rows.push(&["102", "2019-03-03 19:24:44"]);
    let answer = Answer::Rows(rows);
    assert_eq!(
        result_text(&answer, "", 0, Millis(3), look(true, false, true)),
        "+-------------+---------------------+\n\
         | @@server_id | NOW()               |\n\
         +-------------+---------------------+\n\
         |         102 | 2019-03-03 19:24:44 |\n\
         +-------------+---------------------+\n\
         1 row in set (0.00 sec)\n\n"
    );
    assert_eq!(
        result_text(&answer, "", 0, Millis(3), look(false, false, false)),
        "@@server_id\tNOW()\n102\t2019-03-03 19:24:44\n"
    );
    assert_eq!(
        result_text(&answer, "", 0, Millis(3), look(true, true, false)),
        "*************************** 1. row ***************************\n\
         @@server_id: 102\n      NOW(): 2019-03-03 19:24:44\n"
    );
    let done = Answer::Done { affected: 1, insert_id: 0, info: String::new() };
    assert_eq!(
        result_text(&done, "", 2, Millis(20), look(true, false, true)),
        "Query OK, 1 row affected, 2 warnings (0.02 sec)\n\n"
    );
    assert_eq!(seconds(Millis(61_230)), "1 min 1.23 sec");
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut splitter = Splitter::default();
    splitter.push(text);
    let mut found = Vec::new();
    while let Some(piece) = splitter.next(true) {
        found.push(piece);
    }
    found
}

#[test]
fn statements_end_where_the_client_thinks_so() {
    let statement = |text: &str, vertical: bool, line: u64| Piece::Statement {
        text: text.into(),
        vertical,
        line,
    };
    assert_eq!(
        pieces("SELECT ';' , \"a;b\"; -- no; comment\n  SELECT 2\\G\nSELECT\n3"),
        [
            statement("SELECT ';' , \"a;b\"", false, 1),
            statement("SELECT 2", true, 2),
            statement("SELECT\n3", false, 3)
        ]
    );
    assert_eq!(
        pieces("SHOW SLAVE STATUS\\G;\n"),
        [statement("SHOW SLAVE STATUS", true, 1), Piece::Nothing]
    );
    assert_eq!(pieces("exit\n"), [Piece::Quit]);
    assert_eq!(
        pieces("delimiter //\nSELECT 1; SELECT 2//\n"),
        [Piece::Cleared, statement("SELECT 1; SELECT 2", false, 2)]
    );
    assert_eq!(pieces("SELECT /* c; */ 1;"), [statement("SELECT  1", false, 1)]);
}
