//! 简体中文: facts of `shell`.

use crate::text::Phrase;
use crate::trace::fact::ShellFact;

/// The words for a fact.
pub fn phrase(fact: &ShellFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        ShellFact::Started { words } => {
            say.text("shell 启动 ").code(words.join(" ")).text("，并等待它结束。")
        }
        ShellFact::Executed { words } => {
            say.text("从现在起，这个进程不再是 shell，而是 ").code(words.join(" ")).text("。")
        }
        ShellFact::Builtin { words, status: 0 } => {
            say.text("shell 自己执行内建命令 ").code(words.join(" ")).text("。")
        }
        ShellFact::Builtin { words, status } => say
            .text("shell 自己执行内建命令 ")
            .code(words.join(" "))
            .text("，返回状态 ")
            .code(status.to_string())
            .text("。"),
        ShellFact::NotFound { command, status: 127 } => say
            .text("这个镜像里没有 ")
            .code(command)
            .text(" 命令，返回状态 ")
            .code("127")
            .text("。"),
        ShellFact::NotFound { command, status } => say
            .code(command)
            .text(" 存在，但不允许执行，返回状态 ")
            .code(status.to_string())
            .text("。"),
        ShellFact::Assigned { name, value } => {
            say.text("变量 ").code(name).text(" 的值现在是 ").code(shown(value)).text("。")
        }
        ShellFact::Tested { text, holds } => {
            say.text("条件 ").code(text).text(if *holds { " 成立。" } else { " 不成立。" })
        }
        ShellFact::Matched { value, pattern, groups } => matched(say, value, pattern, groups),
        ShellFact::Calculated { text, value } => {
            say.text("算术表达式 ").code(text).text(" 的值是 ").code(value.to_string()).text("。")
        }
        ShellFact::Loop { name, value, round } => say
            .text(format!("循环第 {round} 轮："))
            .code(name)
            .text(" 的值是 ")
            .code(shown(value))
            .text("。"),
        ShellFact::Case { value, pattern: Some(pattern) } => {
            say.code(shown(value)).text(" 匹配模式 ").code(pattern).text("。")
        }
        ShellFact::Case { value, pattern: None } => {
            say.code(shown(value)).text(" 没有匹配任何模式。")
        }
        ShellFact::Defined { name } => say.text("shell 记下函数 ").code(name).text(" 的定义。"),
        ShellFact::Called { name } => say.text("调用函数 ").code(name).text("。"),
        ShellFact::Pipeline { command, parts } => say
            .text("管道 ")
            .code(command)
            .text(format!(" 启动 {parts} 个进程，后一个读取前一个的输出。")),
        ShellFact::Subshell => say.text("shell 复制出一个子 shell 来执行圆括号里的命令。"),
        ShellFact::Background { command } => {
            say.code(command).text(" 转到后台运行，脚本不等它结束。")
        }
        ShellFact::Substitution { command } => {
            say.text("子进程执行 ").code(command).text("，shell 等待它的输出。")
        }
        ShellFact::Redirected { path, appended: true, .. } => {
            say.text("输出追加到 ").code(path).text(" 的末尾。")
        }
        ShellFact::Redirected { path, is_new: true, .. } => {
            say.text("重定向创建文件 ").code(path).text("。")
        }
        ShellFact::Redirected { path, .. } => {
            say.text("重定向先清空 ").code(path).text("，再由命令写入。")
        }
        ShellFact::LineRead { ended: true, .. } => {
            say.text("已经没有可读的内容，返回状态 ").code("1").text("。")
        }
        ShellFact::LineRead { line, .. } => say.text("读到一行 ").code(shown(line)).text("。"),
        ShellFact::WaitsForJobs { count } => {
            say.text(format!("shell 等待 {count} 个后台进程结束。"))
        }
        ShellFact::LeftByErrexit { command, status } => say
            .code(command)
            .text(" 返回状态 ")
            .code(status.to_string())
            .text("，又没有被条件语句检查，")
            .code("set -e")
            .text(" 使脚本就此退出。"),
        ShellFact::Trapped { signal, action } => {
            say.text("执行为 ").code(signal).text(" 设置的 trap：").code(action).text("。")
        }
        ShellFact::SyntaxError { line } => {
            say.text(format!("第 {line} 行有语法错误：之前的命令已经执行，之后的都不会执行。"))
        }
        ShellFact::Ended { status } => {
            say.text("脚本结束，退出码为 ").code(status.to_string()).text("。")
        }
    }
}

fn matched(say: Phrase, value: &str, pattern: &str, groups: &[String]) -> Phrase {
    let said = say.code(shown(value)).text(" 匹配 ").code(pattern);
    let Some((last, before)) = groups.split_last() else { return said.text("。") };
    let mut said = said.text("，分组的内容是 ");
    for group in before {
        said = said.code(shown(group)).text("、");
    }
    said.code(shown(last)).text("。")
}

/// A value that may be empty.
fn shown(value: &str) -> String {
    if value.is_empty() { "''".to_string() } else { value.to_string() }
}
