//! SHOW VARIABLES beside what a real server of 5.7 printed, and what SHOW STATUS counts.

use super::lab::Lab;

/// Why some are not as there, with what stands here.
const OTHERWISE: [(&str, &str, &str); 9] = [
    ("general_log_file", "/var/lib/mysql/mysql-0.log", "the host's name"),
    ("hostname", "mysql-0", "the host's name"),
    ("innodb_version", "5.7.42", "the release"),
    ("plugin_dir", "/usr/lib/mysql/plugin/", "Debian's place; that image is Oracle Linux"),
    ("relay_log_basename", "/var/lib/mysql/mysql-0-relay-bin", "the host's name"),
    ("relay_log_index", "/var/lib/mysql/mysql-0-relay-bin.index", "the host's name"),
    ("skip_name_resolve", "OFF", "what is mounted hides the image's docker.cnf"),
    ("slow_query_log_file", "/var/lib/mysql/mysql-0-slow.log", "the host's name"),
    ("version", "5.7.42", "the release"),
];

#[test]
fn variables_are_those_of_a_real_server() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "");
    lab.run_for(30_000);
    let said = lab.sql("mysql-0", "SHOW GLOBAL VARIABLES");
    let said: Vec<(&str, &str)> = said.lines().filter_map(|line| line.split_once('\t')).collect();
    let real = include_str!("variables-5.7.44.txt");
    let mut wrong = Vec::new();
    for line in real.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once('=').expect("name=value");
        let otherwise = OTHERWISE.iter().find(|(known, ..)| *known == name);
        let want = otherwise.map_or(value, |(_, here, _)| here);
        let got = said.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        // What a session has and a server has not is no global variable.
        if got != Some(want) && name != "rbr_exec_mode" {
            wrong.push(format!("{name}: {got:?}, real: {want}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(said.iter().filter(|(_, value)| value.contains("[Ordinal]")).count(), 0);
}

#[test]
fn an_option_that_nothing_counts_on_is_taken_and_shown() {
    let mut lab = Lab::new();
    lab.pod(
        "mysql-0",
        "innodb_spin_wait_delay=12\nlow-priority-updates\noptimizer_search_depth=0\n\
         skip-innodb-adaptive-hash-index\nsort_buffer_size=1M\nft_min_word_len=2",
    );
    lab.run_for(30_000);
    let names = "'innodb_spin_wait_delay', 'low_priority_updates', 'optimizer_search_depth', \
                 'innodb_adaptive_hash_index', 'ft_min_word_len', 'innodb_page_size'";
    assert_eq!(
        lab.sql("mysql-0", &format!("SHOW VARIABLES WHERE Variable_name IN ({names})")),
        "Variable_name\tValue\nft_min_word_len\t2\ninnodb_adaptive_hash_index\tOFF\n\
         innodb_page_size\t16384\ninnodb_spin_wait_delay\t12\nlow_priority_updates\tON\n\
         optimizer_search_depth\t0\n"
    );
    assert_eq!(
        lab.sql("mysql-0", "SELECT @@innodb_page_size, @@ft_min_word_len, @@optimizer_trace"),
        "@@innodb_page_size\t@@ft_min_word_len\t@@optimizer_trace\n16384\t2\t\
         enabled=off,one_line=off\n"
    );
    let refused = lab.sql("mysql-0", "SET GLOBAL innodb_spin_wait_delay=1");
    let ours = "this model does not execute it: SET innodb_spin_wait_delay";
    assert!(refused.contains(ours), "{refused}");
}

/// `com_status_vars` of `sql/mysqld.cc`: a session's own, or everybody's; what does not parse is
/// not counted, what fails is.
#[test]
fn statements_are_counted_by_their_kind() {
    let mut lab = Lab::new();
    lab.pod("mysql-0", "");
    lab.run_for(30_000);
    lab.sql("mysql-0", "CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY)");
    let said = lab.sql(
        "mysql-0",
        "USE t; INSERT INTO a VALUES (1), (2); REPLACE INTO a VALUES (1); CREATE INDEX i ON a \
         (id); SELECT 1; SELECT 2; BEGIN; UPDATE a SET id=3 WHERE id=2; COMMIT; SHOW TABLES; SHOW \
         STATUS WHERE Variable_name LIKE 'Com\\_%' AND Value > 0 OR Variable_name = 'Questions'",
    );
    let (_, counted) = said.split_once("Tables_in_t\na\nVariable_name\tValue\n").expect("a list");
    assert_eq!(
        counted,
        "Com_begin\t1\nCom_change_db\t1\nCom_commit\t1\nCom_create_index\t1\nCom_insert\t1\n\
         Com_replace\t1\nCom_select\t2\nCom_show_status\t1\nCom_show_tables\t1\nCom_update\t1\n\
         Questions\t11\n"
    );
    lab.sql("mysql-0", "INSERT INTO t.a VALUES (1)");
    lab.sql("mysql-0", "INSERT INTO");
    assert_eq!(
        lab.sql("mysql-0", "SHOW GLOBAL STATUS LIKE 'Com_insert'"),
        "Variable_name\tValue\nCom_insert\t2\n"
    );
}
