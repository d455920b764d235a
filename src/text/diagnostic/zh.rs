//! 简体中文: what is wrong with the learner's files.

use crate::manifest::{Problem, ScriptProblem};
use crate::text::Phrase;

/// The words for a problem.
pub fn phrase(problem: &Problem) -> Phrase {
    let p = Phrase::new();
    match problem {
        Problem::Syntax(said) => p
            .text("这里不是可以读取的 YAML（")
            .code(said.clone())
            .text("）。请检查此处和上一行的缩进、引号与括号。"),
        Problem::Tab { .. } => {
            p.text("这一行用制表符缩进，而 YAML 只允许空格。请把制表符换成空格。")
        }
        Problem::DuplicateKey(key) => p
            .text("键 ")
            .code(key.clone())
            .text(" 在这一段中已经出现过，只有最后一个生效。请删除其中一个。"),
        Problem::TooManyNodes => p.text("文件嵌套太深或值太多，无法读取。请缩小文件，或少用别名。"),
        Problem::FilesTooLarge { bytes, bytes_max } => p.text(format!(
            "文件共 {bytes} 字节，最多读取 {bytes_max} 字节。请去掉集群用不到的内容。"
        )),
        Problem::TooManyObjects { objects_max } => {
            p.text(format!("对象超过 {objects_max} 个，这是超出的第一个。请去掉一些。"))
        }
        Problem::ScriptTooLarge { bytes, bytes_max } => {
            p.text(format!("这个脚本有 {bytes} 字节，最多运行 {bytes_max} 字节。请把它缩短。"))
        }
        Problem::Script(kind) => script(p, kind),
        Problem::TooManyReplicas { replicas, replicas_max } => {
            p.text(format!("{replicas} 个副本超出了模型的范围。最多可写 {replicas_max} 个。"))
        }
        Problem::NoObjects => p.text("这里没有 Kubernetes 对象。请至少写一个，或载入示例。"),
        Problem::NotAnObject => p
            .text("这段文档不是对象：它应当由 ")
            .code("kind:")
            .text("、")
            .code("metadata:")
            .text(" 这样的键组成。"),
        Problem::NotSet(fields) => listed(p.text("这个对象缺少 "), fields, " 和 ")
            .text("。请写明它是什么，例如 ")
            .code("apiVersion: apps/v1")
            .text(" 和 ")
            .code("kind: StatefulSet")
            .text("。"),
        Problem::NoMatch { kind, api_version, served_as, .. } => {
            let p = p
                .text("API 服务器的 ")
                .code(api_version.clone())
                .text(" 中没有 ")
                .code(kind.clone())
                .text("。");
            match served_as {
                Some(version) => p.text("这个类型属于 ").code(*version).text("，请改用它。"),
                None => p.text("请检查两者的拼写。"),
            }
        }
        Problem::Mistyped { path, said } => p
            .text("字段 ")
            .code(path.clone())
            .text(" 的值类型不对。API 服务器的回答：")
            .code(said.clone())
            .text("。请改成其中指出的类型。"),
        Problem::UnknownField { path, near, .. } => {
            let p = p.text("API 中没有字段 ").code(path.clone()).text("。");
            let p = match near {
                Some(near) => p.text("是否想写 ").code(*near).text("？"),
                None => p,
            };
            p.text("请改正字段名，或将它删除。")
        }
        Problem::Refused { path, detail, .. } => p
            .text("API 服务器拒绝接受：")
            .code(format!("{path}: {detail}"))
            .text("。请修改取值，使其符合规则。"),
        Problem::DuplicateObject { kind, name } => p
            .text(format!("{kind} "))
            .code(name.clone())
            .text(" 在这里第二次出现，会覆盖前一个。请删除其中一个。"),
        Problem::NoStatefulSet => {
            p.text("这些对象中没有 StatefulSet，因此不会启动 MySQL。加上一个，才能看到集群成长。")
        }
        Problem::MissingObject { kind, name } => {
            let place = if *kind == "StorageClass" { "" } else { "的同一命名空间" };
            p.text(format!("这里引用的 {kind} ")).code(name.clone()).text(format!(
                " 在所有文件{place}中都找不到，真实集群会一直等它。请补上它，或改正名称。"
            ))
        }
        Problem::MissingNamespace(name) => p
            .text("创建这个对象时，命名空间 ")
            .code(name.clone())
            .text(" 还不存在，API Server 会拒绝它。请把命名空间写在它前面，或去掉这个字段。"),
        Problem::KindNotModelled(kind) => {
            p.text("真实集群会接受这个 ").code(kind.clone()).text("；模型只列出它，不作处理。")
        }
        Problem::FieldNotModelled(path) => {
            p.text("真实集群会按 ").code(path.clone()).text(" 行事；模型接受它，但不作处理。")
        }
    }
}

fn script(p: Phrase, kind: &ScriptProblem) -> Phrase {
    match kind {
        ScriptProblem::Syntax(name) => {
            p.text("bash 可以运行 ").code(*name).text("，但模型的 shell 不支持。请换一种写法。")
        }
        ScriptProblem::Builtin(name) => {
            p.text("模型的 shell 没有内建命令 ").code(name.clone()).text("。请换一种写法。")
        }
        ScriptProblem::Option { builtin, option } => p
            .text("模型中的 ")
            .code(builtin.clone())
            .text(" 没有选项 ")
            .code(option.clone())
            .text("。请换一种写法。"),
        ScriptProblem::TooDeep(depth_max) => {
            p.text(format!("此处命令的嵌套超过 {depth_max} 层。请拆分脚本。"))
        }
        ScriptProblem::TooLong(bytes_max) => {
            p.text(format!("这个脚本超过 {bytes_max} 字节。请把它缩短。"))
        }
    }
}

fn listed(mut p: Phrase, names: &[&'static str], and: &str) -> Phrase {
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            p = p.text(and);
        }
        p = p.code(*name);
    }
    p
}
