//! What is wrong with a session file, in both languages.

use super::Lang;
use crate::base::PodName;
use crate::player::{OPTIONS, ScriptProblem, ScriptProblemKind};

/// A problem with its line: `12: "wiat" is not an entry`.
pub fn problem(lang: Lang, problem: &ScriptProblem) -> String {
    let words = match lang {
        Lang::En => english(&problem.kind),
        Lang::Zh => chinese(&problem.kind),
    };
    format!("{}: {words}", problem.line)
}

fn english(kind: &ScriptProblemKind) -> String {
    match kind {
        ScriptProblemKind::Unknown(word) => format!("no entry of a session begins with `{word}`"),
        ScriptProblemKind::Usage(usage) => format!("this entry is written: {usage}"),
        ScriptProblemKind::Option(name) => {
            format!("`{name}` is not an option: there are {}", OPTIONS.join(", "))
        }
        ScriptProblemKind::OptionTooLate => {
            "options and manifests stand before all other entries".into()
        }
        ScriptProblemKind::NothingToContinue => "there is nothing that this line goes on".into(),
        ScriptProblemKind::NoSuchRun(run) => format!("no line before this one begins run {run}"),
        ScriptProblemKind::TooLarge => "the session is larger than 2 MiB".into(),
    }
}

fn chinese(kind: &ScriptProblemKind) -> String {
    match kind {
        ScriptProblemKind::Unknown(word) => format!("会话文件中没有以「{word}」开头的条目"),
        ScriptProblemKind::Usage(usage) => format!("这一条的写法是：{usage}"),
        ScriptProblemKind::Option(name) => {
            format!("没有「{name}」这个选项，可用的有：{}", OPTIONS.join("、"))
        }
        ScriptProblemKind::OptionTooLate => "选项和清单必须写在其他条目之前".into(),
        ScriptProblemKind::NothingToContinue => "这一行没有可以接续的内容".into(),
        ScriptProblemKind::NoSuchRun(run) => format!("前面的条目里没有编号为 {run} 的运行"),
        ScriptProblemKind::TooLarge => "会话文件超过了 2 MiB".into(),
    }
}

/// A pod that was waited for in vain.
pub fn never_ready(lang: Lang, line: u32, pod: &PodName) -> String {
    match lang {
        Lang::En => format!("{line}: {pod} is not ready, and nothing more will change"),
        Lang::Zh => format!("{line}: {pod} 未就绪，且不会再有任何变化"),
    }
}
