//! What exported manifests are for, and what is wrong with export options.

use super::{Lang, Phrase};
use crate::manifest::export::{OptionName, OptionProblem, Purpose};

/// What a command is for.
pub fn purpose(lang: Lang, purpose: Purpose) -> &'static str {
    match (lang, purpose) {
        (Lang::En, Purpose::Apply) => "Create the objects",
        (Lang::En, Purpose::Watch) => "Watch the pods come up, one after the other",
        (Lang::En, Purpose::Write) => "Write through the primary",
        (Lang::En, Purpose::Read) => "Read from any pod; repeat it to meet others",
        (Lang::En, Purpose::Scale) => "Add replicas",
        (Lang::En, Purpose::CleanUp) => "Take everything away, the data too",
        (Lang::Zh, Purpose::Apply) => "创建这些对象",
        (Lang::Zh, Purpose::Watch) => "观察 Pod 逐个启动",
        (Lang::Zh, Purpose::Write) => "通过主库写入",
        (Lang::Zh, Purpose::Read) => "从任一 Pod 读取；多试几次，应答者会不同",
        (Lang::Zh, Purpose::Scale) => "增加副本",
        (Lang::Zh, Purpose::CleanUp) => "全部删除，包括数据",
    }
}

/// A warning that goes with every export.
pub fn password_note(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "These manifests leave MySQL's root without a password. That is fine for learning and \
             wrong for production: there, take a Secret, or an operator."
        }
        Lang::Zh => {
            "这些清单让 MySQL 的 root 没有密码。学习可以，生产环境不行：请改用 Secret 或专门的 Operator。"
        }
    }
}

/// What is wrong with an option, and what it may be.
pub fn problem(lang: Lang, problem: &OptionProblem) -> Phrase {
    let p = Phrase::new().code(format!("--{}", problem.option.flag()));
    let value = problem.value.clone();
    match lang {
        Lang::En => p.text(" cannot be ").code(format!("{value:?}")).text(en(problem.option)),
        Lang::Zh => p.text(" 不能是 ").code(format!("{value:?}")).text(zh(problem.option)),
    }
}

fn en(option: OptionName) -> &'static str {
    match option {
        OptionName::Replicas => ": take a whole number from 1 to 1000.",
        OptionName::Namespace => {
            ": take up to 63 lower-case letters, digits and dashes, with a letter or digit at both \
             ends."
        }
        OptionName::Storage => ": take a size such as 2Gi or 500Mi.",
        OptionName::StorageClass => {
            ": take lower-case letters, digits, dashes and dots, as `kubectl get storageclass` \
             shows them."
        }
        OptionName::MysqlImage | OptionName::XtrabackupImage => {
            ": take an image name such as registry.example/mysql:5.7-debian."
        }
    }
}

fn zh(option: OptionName) -> &'static str {
    match option {
        OptionName::Replicas => "：请写 1 到 1000 的整数。",
        OptionName::Namespace => {
            "：最多 63 个字符，只用小写字母、数字和连字符，首尾须为字母或数字。"
        }
        OptionName::Storage => "：请写 2Gi、500Mi 这样的大小。",
        OptionName::StorageClass => {
            "：只用小写字母、数字、连字符和点，可用 `kubectl get storageclass` 查看。"
        }
        OptionName::MysqlImage | OptionName::XtrabackupImage => {
            "：请写镜像名，例如 registry.example/mysql:5.7-debian。"
        }
    }
}
