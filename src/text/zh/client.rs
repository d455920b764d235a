//! 简体中文: facts of `client`.

use crate::text::Phrase;
use crate::trace::fact::ClientFact;

/// The words for a fact.
pub fn phrase(fact: &ClientFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        ClientFact::Typed { command } => say.text("你输入命令 ").code(command).text("。"),
        ClientFact::Answered { line } => say.text("你向正在运行的命令输入 ").code(line).text("。"),
        ClientFact::Interrupted => say.text("你按下 ").code("Ctrl-C").text("。"),
        ClientFact::InputEnded => say.text("你按下 ").code("Ctrl-D").text("：输入到此结束。"),
        ClientFact::Waits { until } => say.text("你静候到 ").code(until.to_string()).text("。"),
        ClientFact::Done { code: 0 } => say.text("你的命令执行完毕。"),
        ClientFact::Done { code } => {
            say.text("你的命令已结束，退出码为 ").code(code.to_string()).text("。")
        }
        ClientFact::Asks => say.text("正在运行的命令等你输入下一行。"),
        ClientFact::Waited => say.text("时间到了。"),
        ClientFact::Saved { file } => say.text("你保存了文件 ").code(file).text("。"),
        ClientFact::Edited { object, path, value } => say
            .text("你编辑 ")
            .code(object)
            .text("：把 ")
            .code(path)
            .text(" 改为 ")
            .code(value)
            .text("。"),
        ClientFact::Runs { pod, command, reads: false } => {
            say.text("客户端写入：Pod ").pod(pod).text(" 将运行 ").code(command).text("。")
        }
        ClientFact::Runs { pod, command, reads: true } => {
            say.text("客户端读取：Pod ").pod(pod).text(" 将运行 ").code(command).text("。")
        }
        ClientFact::Removed { pod } => {
            say.text("客户端 Pod ").pod(pod).text(" 完成了工作，随即被删除。")
        }
    }
}
