//! 简体中文: facts of `mysql`.

use crate::base::PodName;
use crate::text::Phrase;
use crate::text::size::bytes;
use crate::trace::fact::{Applied, MysqlArea, MysqlFact, StatementClass};

/// The words for a fact.
pub fn phrase(fact: &MysqlFact) -> Phrase {
    let words = match fact.area() {
        MysqlArea::Entrypoint => entrypoint(fact),
        MysqlArea::Life => life(fact),
        MysqlArea::Clients => clients(fact),
        MysqlArea::Replication => replication(fact),
        MysqlArea::Backup => backup(fact),
    };
    words.expect("every fact of an area has words")
}

fn say(pod: &PodName, template: &str, codes: &[&str]) -> Option<Phrase> {
    Some(Phrase::filled(template, pod, codes))
}

fn list(events: &[String]) -> String {
    events.join("、")
}

fn entrypoint(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::EntrypointBegan { pod, again: false } => {
            say(pod, "{pod} 的镜像入口脚本以 root 身份开始运行，先让 mysqld 检查配置。", &[])
        }
        MysqlFact::EntrypointBegan { pod, again: true } => {
            say(pod, "{pod} 的入口脚本改以用户 {0} 的身份重新开始。", &["mysql"])
        }
        MysqlFact::OwnerSet { pod, files } => {
            let files = files.to_string();
            say(
                pod,
                "{pod} 中有 {0} 个文件和目录改归用户 {1} 所有；入口脚本接下来以该用户运行。",
                &[&files, "mysql"],
            )
        }
        MysqlFact::DataFound { pod } => say(
            pod,
            "{0} 已存在：{pod} 已有数据，入口脚本跳过所有首次启动的工作。",
            &["/var/lib/mysql/mysql"],
        ),
        MysqlFact::DataMissing { pod } => say(
            pod,
            "{pod} 的数据目录是空的：这是首次启动。先启动一个 mysqld，只为生成数据目录。",
            &[],
        ),
        MysqlFact::EntrypointRefused { pod, message } => {
            say(pod, "{pod} 的入口脚本拒绝继续：{0}", &[message])
        }
        MysqlFact::TemporaryStarted { pod } => say(
            pod,
            "{pod} 的入口脚本启动一个临时服务器来设置账号，它只能通过本地 socket 访问。",
            &[],
        ),
        MysqlFact::TemporaryAsked { pod, answers: false } => {
            say(pod, "{pod} 的临时服务器还没有应答；入口脚本一秒后再问。", &[])
        }
        MysqlFact::TemporaryAsked { pod, answers: true } => {
            say(pod, "{pod} 的临时服务器应答了 {0}：可以开始设置。", &["SELECT 1"])
        }
        MysqlFact::AccountsMade { pod, password: false } => say(
            pod,
            "{pod} 上有了 {0} 和 {1}，都没有密码。{2} 使这些操作不进入 binlog。",
            &["root@localhost", "root@%", "SQL_LOG_BIN=0"],
        ),
        MysqlFact::AccountsMade { pod, password: true } => say(
            pod,
            "{pod} 上有了 {0} 和 {1}，密码来自环境变量。{2} 使这些操作不进入 binlog。",
            &["root@localhost", "root@%", "SQL_LOG_BIN=0"],
        ),
        MysqlFact::EnvironmentMade { pod, what } => {
            say(pod, "{pod} 的环境变量要求创建 {0}，现在已创建。", &[what])
        }
        MysqlFact::TemporaryStopped { pod } => {
            say(pod, "{pod} 的临时服务器已停止；首次启动的工作完成了。", &[])
        }
        MysqlFact::EntrypointDone { pod } => {
            say(pod, "{pod} 的入口脚本把自己替换成服务器：从此这个进程就是 {0}。", &["mysqld"])
        }
        _ => None,
    }
}

fn life(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::Initializing { pod } => {
            say(pod, "{0} 开始在 {pod} 中生成数据目录。", &["mysqld --initialize-insecure"])
        }
        MysqlFact::Initialized { pod, binlog: None } => say(
            pod,
            "{pod} 的数据目录已生成：系统表、证书，以及没有密码的 {0}。",
            &["root@localhost"],
        ),
        MysqlFact::Initialized { pod, binlog: Some((file, position)) } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} 的数据目录已生成。这次运行打开了 {0}，在第 {1} 字节处关闭：里面只有文件自身的首尾事件。",
                &[file, &position],
            )
        }
        MysqlFact::StandsIn { pod, release } => say(
            pod,
            "{pod} 的镜像里是 {0}。除了它认识的语句和主要的日志行，本模型按 5.7 来运行它；binlog 位置也是 5.7 的。",
            &[release],
        ),
        MysqlFact::OptionLeftOut { pod, option } => say(
            pod,
            "{pod} 的配置里有 {0}。本模型没有实现它：服务器按没写这一项来运行。",
            &[option],
        ),
        MysqlFact::Starting { pod, server_id, log_bin, super_read_only } => {
            let id = format!("server-id={server_id}");
            match (log_bin, super_read_only) {
                (true, _) => say(
                    pod,
                    "mysqld 在 {pod} 中启动：{0}，并写二进制日志（{1}），依据是挂载的 {2}。",
                    &[&id, "log-bin", "conf.d/*.cnf"],
                ),
                (false, true) => say(
                    pod,
                    "mysqld 在 {pod} 中启动：{0} 加 {1}，这是副本，任何客户端都不能写。",
                    &[&id, "super-read-only"],
                ),
                (false, false) => say(pod, "mysqld 在 {pod} 中启动：{0}，不写二进制日志。", &[&id]),
            }
        }
        MysqlFact::Aborted { pod, message } => {
            say(pod, "{pod} 中的 mysqld 拒绝启动：{0}", &[message])
        }
        MysqlFact::DiskFull { pod, file } => {
            say(pod, "{pod} 的磁盘没有空间写 {0}：语句只能等待，每分钟重试一次。", &[file])
        }
        MysqlFact::Crashed { pod, file } => say(
            pod,
            "{pod} 中的 mysqld 写不了 {0}，它已随磁盘一起消失：InnoDB 放弃，服务器崩溃。",
            &[file],
        ),
        MysqlFact::DataLocked { pod } => say(
            pod,
            "{0} 的锁被另一个 mysqld 持有：{pod} 与别人共用数据目录，只能等待。",
            &["ibdata1"],
        ),
        MysqlFact::Recovered { pod } => say(
            pod,
            "{pod} 的数据没有正常关闭（崩溃，或是运行中服务器的拷贝）：InnoDB 进行恢复。",
            &[],
        ),
        MysqlFact::BinlogOpened { pod, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} 打开二进制日志 {0}，第一个事件将写在第 {1} 字节处。",
                &[file, &position],
            )
        }
        MysqlFact::Purged { pod, last } => say(
            pod,
            "{pod} 删除了到 {0} 为止的二进制日志：还需要它们的副本会得到 1236 错误。",
            &[last],
        ),
        MysqlFact::Ready { pod, port: 0, version } => {
            say(pod, "{pod} 中的 mysqld {0} 已就绪，但只监听本地 socket：外面连不上。", &[version])
        }
        MysqlFact::Ready { pod, port, version } => {
            let port = port.to_string();
            say(pod, "{pod} 中的 mysqld {0} 已就绪，在 {1} 端口接受连接。", &[version, &port])
        }
        MysqlFact::ShuttingDown { pod } => {
            say(pod, "{pod} 中的 mysqld 被要求停止：断开客户端，开始关闭。", &[])
        }
        MysqlFact::Stopped { pod } => say(pod, "{pod} 中的 mysqld 已正常停止。", &[]),
        MysqlFact::GlobalSet { pod, name, value } => {
            say(pod, "{pod} 上的 {0} 从现在起是 {1}，直到重启。", &[name, value])
        }
        MysqlFact::TimeZonesLoaded { pod, binlog: Some((file, position)) } => {
            let position = bytes(*position);
            say(
                pod,
                "{pod} 的时区表已导入，并且写进了二进制日志：{0} 现在有 {1}。",
                &[file, &position],
            )
        }
        MysqlFact::TimeZonesLoaded { pod, binlog: None } => say(pod, "{pod} 的时区表已导入。", &[]),
        _ => None,
    }
}

fn clients(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::ClientBegan { pod, host, sql: Some(sql) } => {
            say(pod, "{pod} 中的客户端连接 {0}，要执行 {1}。", &[host, sql])
        }
        MysqlFact::ClientBegan { pod, host, sql: None } => {
            say(pod, "{pod} 中的客户端连接 {0}。", &[host])
        }
        MysqlFact::ClientAsked { pod, sql } => say(pod, "{pod} 中的客户端要执行 {0}。", &[sql]),
        MysqlFact::ClientAnswered { pod, rows: None } => {
            say(pod, "{pod} 中的客户端得知已完成。", &[])
        }
        MysqlFact::ClientAnswered { pod, rows: Some(rows) } => {
            let rows = rows.to_string();
            say(pod, "{pod} 中的客户端打印出 {0} 行。", &[&rows])
        }
        MysqlFact::ClientFailed { pod, line } => say(pod, "{pod} 中的客户端打印 {0}。", &[line]),
        MysqlFact::Connected { pod, user, from } => {
            say(pod, "{pod} 接受了来自 {0} 的连接，用户是 {1}。", &[from, user])
        }
        MysqlFact::LoginRefused { pod, user, from, code } => {
            let code = code.to_string();
            say(pod, "{pod} 拒绝了来自 {1} 的 {0}：错误 {2}。", &[user, from, &code])
        }
        MysqlFact::Executed { pod, sql, class, rows, .. } => {
            let rows = rows.to_string();
            match class {
                StatementClass::Read => say(pod, "{pod} 执行 {0}：返回 {1} 行。", &[sql, &rows]),
                StatementClass::Write => say(pod, "{pod} 执行 {0}：影响 {1} 行。", &[sql, &rows]),
                StatementClass::Admin => say(pod, "{pod} 执行 {0}。", &[sql]),
            }
        }
        MysqlFact::Refused { pod, sql, error, .. } => {
            say(pod, "{pod} 拒绝执行 {0}：{1}", &[sql, error])
        }
        MysqlFact::Logged { pod, file, start, end, events } => {
            let (start, end) = (start.to_string(), end.to_string());
            let events = list(events);
            say(
                pod,
                "{pod} 把 {0} 写入 {1} 的第 {2} 到 {3} 字节：副本读取的就是这些事件。",
                &[&events, file, &start, &end],
            )
        }
        MysqlFact::ReadLocked { pod } => {
            say(pod, "{pod} 上所有表都加了读锁：这一刻任何数据都不会变。", &[])
        }
        MysqlFact::Unlocked { pod } => say(pod, "{pod} 的表已解锁。", &[]),
        _ => None,
    }
}

fn replication(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::SourceSet { pod, host, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} 得知自己的主库是 {0}，从 {1} 的第 {2} 字节开始复制。之前的数据都来自克隆。",
                &[host, file, &position],
            )
        }
        MysqlFact::ThreadsStarted { pod, host, io: true, sql: true } => {
            say(pod, "{pod} 开始复制：I/O 线程从 {0} 拉取事件，SQL 线程执行它们。", &[host])
        }
        MysqlFact::ThreadsStarted { pod, host, io: true, sql: false } => {
            say(pod, "{pod} 的 I/O 线程启动，将从 {0} 拉取事件。", &[host])
        }
        MysqlFact::ThreadsStarted { pod, .. } => {
            say(pod, "{pod} 的 SQL 线程启动，将执行中继日志里的事件。", &[])
        }
        MysqlFact::ThreadsStopped { pod, io, sql } => {
            let which = match (io, sql) {
                (true, true) => "{pod} 的两个复制线程都停止了。",
                (true, false) => "{pod} 的 I/O 线程停止了。",
                _ => "{pod} 的 SQL 线程停止了。",
            };
            say(pod, which, &[])
        }
        MysqlFact::SourceConnected { pod, host, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "{pod} 的 I/O 线程连上了 {0}，请求 {1} 从第 {2} 字节起的事件。",
                &[host, file, &position],
            )
        }
        MysqlFact::SourceUnreachable { pod, host, errno, retry, retries } => {
            let (errno, seconds) = (errno.to_string(), (retry.0 / 1_000).to_string());
            let retries = retries.to_string();
            say(
                pod,
                "{pod} 的 I/O 线程连不上 {0}（错误 {1}，第 {2} 次尝试），{3} 秒后再试。",
                &[host, &errno, &retries, &seconds],
            )
        }
        MysqlFact::SourceLost { pod, host } => {
            say(pod, "{pod} 的 I/O 线程与 {0} 的连接断了，立即尝试重连。", &[host])
        }
        MysqlFact::ThreadFailed { pod, io, errno, message } => {
            let errno = errno.to_string();
            let which = if *io {
                "{pod} 的 I/O 线程放弃了，错误 {0}：{1}"
            } else {
                "{pod} 的 SQL 线程放弃了，错误 {0}：{1}"
            };
            say(pod, which, &[&errno, message])
        }
        MysqlFact::DumpStarted { pod, server_id, file, position } => {
            let (id, position) = (server_id.to_string(), position.to_string());
            say(
                pod,
                "{pod} 从现在起为副本 {0} 服务：从 {1} 的第 {2} 字节开始发送。",
                &[&id, file, &position],
            )
        }
        MysqlFact::Sent { pod, server_id, file, start, end, events } => {
            let (id, start, end) = (server_id.to_string(), start.to_string(), end.to_string());
            let events = list(events);
            say(
                pod,
                "{pod} 把 {0}（{1} 的第 {2} 到 {3} 字节）发送给副本 {4}。",
                &[&events, file, &start, &end, &id],
            )
        }
        MysqlFact::Received { pod, file, end, events, relay } => {
            let (end, events) = (end.to_string(), list(events));
            say(
                pod,
                "{pod} 的 I/O 线程收到 {0}，写入 {1}：{2} 已读到第 {3} 字节。",
                &[&events, relay, file, &end],
            )
        }
        MysqlFact::Applied { pod, what, file, end } => {
            let at = format!("{file}:{end}");
            match what {
                Applied::Begin => say(pod, "{pod} 的 SQL 线程开始一个事务。", &[]),
                Applied::Statement(sql) => {
                    say(pod, "{pod} 的 SQL 线程执行 {0}：{pod} 现在位于 {1}。", &[sql, &at])
                }
                Applied::Rows { kind, table, rows, first } => {
                    let (rows, first) = (rows.to_string(), first.join("、"));
                    say(
                        pod,
                        "{pod} 的 SQL 线程对 {1} 执行 {0}：{2} 行（{3}），尚未提交。",
                        &[kind, table, &rows, &first],
                    )
                }
                Applied::Commit { rows } => {
                    let rows = rows.to_string();
                    say(pod, "{pod} 的 SQL 线程提交了 {0} 行：{pod} 现在位于 {1}。", &[&rows, &at])
                }
            }
        }
        _ => None,
    }
}

fn backup(fact: &MysqlFact) -> Option<Phrase> {
    match fact {
        MysqlFact::BackupBegan { pod } => {
            say(pod, "xtrabackup 连接 {pod} 中与它相邻的 mysqld，准备在其运行时拷贝数据。", &[])
        }
        MysqlFact::BackupFailed { pod, message } => say(pod, "{pod} 的备份失败：{0}", &[message]),
        MysqlFact::BackupCopied { pod, path, bytes: part, done, total } => {
            let (part, done, total) = (bytes(*part), bytes(*done), bytes(*total));
            say(
                pod,
                "xtrabackup 从 {pod} 拷贝了 {0}，进行到 {1}：共 {3}，已完成 {2}。",
                &[&part, path, &done, &total],
            )
        }
        MysqlFact::BackupLocked { pod } => {
            say(pod, "xtrabackup 持有 {pod} 的读锁：此时拷贝的内容与记下的位置是一致的。", &[])
        }
        MysqlFact::BackupPosition { pod, name, file, position } => {
            let position = position.to_string();
            say(
                pod,
                "xtrabackup 写下 {0}：{pod} 的这份拷贝停在 {1} 的第 {2} 字节，克隆将从这里开始复制。",
                &[name, file, &position],
            )
        }
        MysqlFact::BackupUnlocked { pod } => {
            say(pod, "xtrabackup 释放了锁：{pod} 又可以写入了。", &[])
        }
        MysqlFact::BackupDone { pod, bytes: total } => {
            let total = bytes(*total);
            say(pod, "{pod} 的备份完成，共传输 {0}。", &[&total])
        }
        MysqlFact::Unpacked { pod, files, bytes: total } => {
            let (total, count) = (bytes(*total), files.len().to_string());
            match files.last() {
                Some(last) => say(
                    pod,
                    "{pod} 中的 xbstream 又解出 {0} 个文件，最后一个是 {1}；共 {2}。",
                    &[&count, last, &total],
                ),
                None => say(pod, "{pod} 中的 xbstream 继续写入；共 {0}。", &[&total]),
            }
        }
        MysqlFact::UnpackDone { pod, files: 0, .. } => {
            say(pod, "{pod} 收到的流一个字节也没有就结束了。xbstream 并不认为这有错。", &[])
        }
        MysqlFact::UnpackDone { pod, files, bytes: total } => {
            let (files, total) = (files.to_string(), bytes(*total));
            say(pod, "流已结束：xbstream 在 {pod} 中解出 {0} 个文件，共 {1}。", &[&files, &total])
        }
        MysqlFact::UnpackFailed { pod, message } => {
            say(pod, "{pod} 中的 xbstream 失败：{0}", &[message])
        }
        MysqlFact::PrepareBegan { pod } => {
            say(pod, "xtrabackup 开始准备 {pod} 中的拷贝：把拷贝期间写入的内容补上。", &[])
        }
        MysqlFact::PrepareDone { pod, lsn } => {
            let lsn = lsn.to_string();
            say(
                pod,
                "{pod} 中的拷贝现在是一致的（日志序列号 {0}）：mysqld 可以在其上启动。",
                &[&lsn],
            )
        }
        MysqlFact::PrepareFailed { pod, message } => {
            say(pod, "{pod} 中没有可以准备的备份：{0}", &[message])
        }
        _ => None,
    }
}
