//! Sizes against published listings (facts/mysql.md, B2 and B3).

use super::*;
use crate::base::Blob;
use crate::mysql::data::{Charset, Column, Default, Row, SINGLE, Table, Type, Value};

fn size(event: &Event) -> usize {
    encode(event, 0, 100, 4, 0).len()
}

fn query(db: &str, sql: &str, databases: &[&str]) -> Event {
    Event::Query(QueryEvent {
        thread: 9,
        db: db.into(),
        sql: sql.into(),
        databases: databases.iter().map(|d| (*d).to_string()).collect(),
        no_use: sql == "BEGIN",
        ..QueryEvent::default()
    })
}

fn column(name: &str, kind: Type) -> Column {
    Column {
        name: name.into(),
        kind,
        charset: Charset::LATIN1,
        not_null: false,
        default: Some(Default::Value(Value::Null)),
        on_update_now: false,
        auto_increment: false,
        comment: String::new(),
    }
}

const INT: Type = Type::Int { bytes: 4, unsigned: false, width: 11, zerofill: false };

fn table(kinds: &[Type]) -> Table {
    Table {
        columns: kinds.iter().map(|kind| column("c", kind.clone())).collect(),
        keys: Vec::new(),
        foreign: Vec::new(),
        rows: Vec::<Row>::new(),
        auto_increment: 1,
        auto_steps: (1, 0),
        row_id_next: 1,
        charset: Charset::LATIN1,
        engine: "InnoDB".into(),
        created: 0,
        comment: String::new(),
    }
}

fn rows(
    db: &str,
    name: &str,
    kinds: &[Type],
    kind: RowsKind,
    images: Vec<Vec<Value>>,
) -> [usize; 2] {
    let table = table(kinds);
    let events = rows_events(&[Rows { table_id: 108, db, name, table: &table, kind, images }]);
    assert_eq!(events.len(), 2);
    [size(&events[0]), size(&events[1])]
}

fn text(t: &str) -> Value {
    Value::Text(t.into())
}

#[test]
fn sizes_are_those_of_published_listings() {
    let v = || Event::FormatDescription { version: "5.7.42-log".into(), created: 0 };
    let anonymous =
        Event::AnonymousGtid { last_committed: 0, sequence_number: 1, rows_only: false };
    let rotate = |name: &str| Event::Rotate { position: 4, name: name.into() };
    let table_rows: Vec<(&str, Event, usize)> = vec![
        ("Format_description", v(), 119),
        ("Previous_gtids", Event::PreviousGtids(GtidSet::default()), 31),
        ("Anonymous_Gtid", anonymous, 65),
        ("BEGIN, no db", query("", "BEGIN", &[]), 68),
        ("BEGIN, use test", query("test", "BEGIN", &[]), 72),
        ("BEGIN, use db", query("db", "BEGIN", &[]), 70),
        ("Xid", Event::Xid(7), 31),
        ("Stop", Event::Stop, 23),
        ("Rotate mysql-0-bin.000004", rotate("mysql-0-bin.000004"), 49),
        ("Rotate mysql-bin.000003", rotate("mysql-bin.000003"), 47),
        ("Rotate scut.000024", rotate("scut.000024"), 42),
        ("Rotate relay", rotate("mysql-1-relay-bin.000002"), 55),
        ("CREATE DATABASE test", query("test", "CREATE DATABASE test", &["test"]), 94),
        ("create database kino", query("kino", "create database kino", &["kino"]), 94),
        (
            "create database test_demo",
            query("test_demo", "create database test_demo", &["test_demo"]),
            109,
        ),
        (
            "CREATE TABLE, no db",
            query("", "CREATE TABLE test.messages (message VARCHAR(250))", &["test"]),
            119,
        ),
        (
            "create table, use kino",
            query("kino", "create table test1(id int, name varchar(20))", &["kino"]),
            118,
        ),
    ];
    for (name, event, want) in table_rows {
        assert_eq!(size(&event), want, "{name}");
    }
    let varchar = |n| Type::VarChar(n);
    let rows_table = [
        (
            "hello",
            rows("test", "messages", &[varchar(250)], RowsKind::Write, vec![vec![text("hello")]]),
            [53, 42],
        ),
        (
            "kino",
            rows(
                "kino",
                "test1",
                &[INT, varchar(20)],
                RowsKind::Write,
                vec![vec![Value::Int(1), text("kino1")]],
            ),
            [51, 46],
        ),
        (
            "kino delete",
            rows(
                "kino",
                "test1",
                &[INT, varchar(20)],
                RowsKind::Delete,
                vec![vec![Value::Int(1), text("kino1")]],
            ),
            [51, 46],
        ),
        (
            "one int",
            rows("test", "int1", &[INT], RowsKind::Write, vec![vec![Value::Int(6)]]),
            [47, 40],
        ),
        (
            "two ints",
            rows(
                "test",
                "int2",
                &[INT, INT],
                RowsKind::Write,
                vec![vec![Value::Int(6), Value::Int(1)]],
            ),
            [48, 44],
        ),
    ];
    for (name, got, want) in rows_table {
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn the_tutorials_statements_end_at_756() {
    let statement_table = table(&[Type::VarChar(250)]);
    let insert = rows_events(&[Rows {
        table_id: 108,
        db: "test",
        name: "messages",
        table: &statement_table,
        kind: RowsKind::Write,
        images: vec![vec![text("hello")]],
    }]);
    let anonymous =
        || Event::AnonymousGtid { last_committed: 0, sequence_number: 1, rows_only: false };
    let mut events = vec![
        Event::FormatDescription { version: "5.7.42-log".into(), created: 0 },
        Event::PreviousGtids(GtidSet::default()),
        anonymous(),
        query("test", "CREATE DATABASE test", &["test"]),
        anonymous(),
        query("", "CREATE TABLE test.messages (message VARCHAR(250))", &["test"]),
        anonymous(),
        query("", "BEGIN", &[]),
    ];
    events.extend(insert);
    events.push(Event::Xid(24));
    let mut file = MAGIC.to_vec();
    for event in &events {
        let bytes = encode(event, 1_767_600_000, 100, file.len() as u64, 0);
        file.extend(bytes);
    }
    let seen = events_of(&Blob::from(file));
    let ends: Vec<u64> = seen.iter().map(|e| e.end).collect();
    assert_eq!(ends, [123, 154, 219, 313, 378, 497, 562, 630, 683, 725, 756]);
    let last: Vec<(&str, &str)> =
        seen[7..].iter().map(|e| (e.kind.as_str(), e.info.as_str())).collect();
    assert_eq!(
        last,
        [
            ("Query", "BEGIN"),
            ("Table_map", "table_id: 108 (test.messages)"),
            ("Write_rows", "table_id: 108 flags: STMT_END_F"),
            ("Xid", "COMMIT /* xid=24 */"),
        ]
    );
}

#[test]
fn events_come_back_from_their_bytes() {
    let mut grant = query("", "GRANT ALL", &["mysql"]);
    if let Event::Query(q) = &mut grant {
        q.invoker = Some(("root".into(), "localhost".into()));
    }
    for event in [
        grant,
        query("test", "BEGIN", &[]),
        Event::Xid(9),
        Event::Stop,
        Event::PreviousGtids(GtidSet::default()),
        Event::FormatDescription { version: "5.7.42-log".into(), created: 0 },
        Event::AnonymousGtid { last_committed: 3, sequence_number: 4, rows_only: true },
        Event::Rotate { position: 4, name: "mysql-0-bin.000004".into() },
        Event::TableMap(TableMap::of(7, "a", "b", &table(&[INT, Type::Text(2), Type::Char(10)]))),
    ] {
        let bytes = encode(&event, 5, 100, 154, 0);
        let (header, back) = decode(&Blob::from(bytes.clone())).expect("a whole event");
        assert_eq!(back, event);
        assert_eq!((header.size as usize, header.end as usize), (bytes.len(), 154 + bytes.len()));
    }
}

#[test]
fn rows_come_back_from_their_bytes() {
    let decimal =
        |t: &str| Value::Decimal(crate::mysql::data::Decimal::parse(t).expect("a number"));
    let real = |t: &str| crate::base::real::Real::parse(t).expect("a number");
    let rows = [
        (Type::Int { bytes: 1, unsigned: false, width: 4, zerofill: false }, Value::Int(-128)),
        (Type::Int { bytes: 3, unsigned: false, width: 9, zerofill: false }, Value::Int(-2)),
        (INT, Value::Int(-5)),
        (
            Type::Int { bytes: 8, unsigned: true, width: 20, zerofill: false },
            Value::Int(u64::MAX.into()),
        ),
        (Type::Decimal(10, 2, false), decimal("-1234.50")),
        (Type::Decimal(30, 12, false), decimal("123456789012.000000000001")),
        (Type::VarChar(300), text("long enough for two bytes of length")),
        (Type::Char(3), text("abc")),
        (Type::Text(2), text("text")),
        (Type::DateTime(0), Value::Moment(1_767_600_001_000_000, 0)),
        (Type::DateTime(2), Value::Moment(1_767_600_001_250_000, 2)),
        (Type::Timestamp(0), Value::Moment(1_767_600_001_000_000, 0)),
        (Type::Timestamp(5), Value::Moment(1_767_600_001_123_450, 5)),
        (Type::Date, Value::Date(20_458)),
        (
            Type::Real { single: true, digits: None, unsigned: false },
            Value::Double(real("1.5"), SINGLE),
        ),
        (
            Type::Real { single: false, digits: Some((5, 2)), unsigned: false },
            Value::Double(real("-0.01"), 2),
        ),
        (Type::Binary(4), Value::Bytes(vec![97, 0, 98, 0])),
        (Type::VarBinary(300), Value::Bytes(vec![0, 255])),
        (Type::Blob(3), Value::Bytes(vec![1, 0])),
        (Type::Bit(10), Value::Bits(vec![2, 255])),
        (Type::Enum(vec!["x".into(), "y".into()]), Value::Member(2, "y".into())),
        (Type::Set(vec!["p".into(), "q".into()]), Value::Member(3, "p,q".into())),
        (Type::Time(0), Value::Time(-36_672_000_000, 0)),
        (Type::Time(1), Value::Time(-36_672_500_000, 1)),
        (Type::Time(6), Value::Time(-1, 6)),
        (Type::Year, Value::Int(2_024)),
        (INT, Value::Null),
    ];
    let columns: Vec<Column> = rows.iter().map(|(kind, _)| column("c", kind.clone())).collect();
    let values: Vec<Value> = rows.iter().map(|(_, value)| value.clone()).collect();
    let bytes = encode_row(&columns, &values);
    let mut rest = bytes.as_slice();
    assert_eq!(decode_row(&columns, &mut rest), Some(values));
    assert!(rest.is_empty());
}

#[test]
fn broken_bytes_are_no_events() {
    for length in 0..40 {
        let _ = decode(&Blob::from(vec![0x02; length]));
        let _ = decode(&Blob::from(vec![19; length]));
        let _ = decode(&Blob::from(vec![30; length]));
    }
    assert_eq!(events_of(&Blob::from("not a binlog at all, but long enough for a header")), []);
}
