//! 简体中文: faults, each by the name an operator would give it.

use crate::text::Phrase;
use crate::trace::fact::fault::ProbeKind;
use crate::trace::fact::{Fault, FaultChange, FaultFact, FaultGroup, FaultKind};

/// The words for a fact.
pub fn phrase(fact: &FaultFact) -> Phrase {
    match fact.change {
        FaultChange::Injected => injected(&fact.fault),
        FaultChange::Mended => mended(&fact.fault),
        FaultChange::Missed => Phrase::new()
            .code(fact.fault.to_string())
            .text(" 没有任何效果：目标不存在，或者状态本来就是如此。"),
    }
}

fn injected(fault: &Fault) -> Phrase {
    let say = Phrase::new();
    match fault {
        Fault::Crash(pod, container) => say
            .text("容器崩溃：")
            .pod(pod)
            .text(" 中 ")
            .container(pod, container)
            .text(" 的首个进程收到 SIGKILL。"),
        Fault::Kill(pod, container, program) => say
            .text("有人用 SIGKILL 杀掉了 ")
            .pod(pod)
            .text(" 中 ")
            .container(pod, container)
            .text(" 容器里的 ")
            .code(program)
            .text("。"),
        Fault::ProbeFails(pod, container, kind) => say
            .text("从现在起，")
            .pod(pod)
            .text(" 中 ")
            .container(pod, container)
            .text(" 的")
            .text(probe(*kind))
            .text("每次都失败。"),
        Fault::NodeLoss(node) => say
            .text("节点宕机：")
            .code(node.as_str())
            .text(" 断电，其上的一切随之消失，而集群此刻还不知道。"),
        Fault::Partition(a, b) => {
            say.text("网络分区：").pod(a).text(" 与 ").pod(b).text(" 之间的数据包双向不通。")
        }
        Fault::Slow(a, b, by) => say
            .text("网络变慢：")
            .pod(a)
            .text(" 与 ")
            .pod(b)
            .text(" 之间每个数据包多花 ")
            .text(by.0.to_string())
            .text(" 毫秒。"),
        Fault::Reset(a, b) => {
            say.text("防火墙重置从 ").pod(a).text(" 到 ").pod(b).text(" 的所有连接。")
        }
        Fault::DiskFull(claim) => {
            say.text("磁盘写满：").code(claim.as_str()).text(" 的卷已无可用空间。")
        }
        Fault::VolumeLoss(claim) => {
            say.text("数据丢失：").code(claim.as_str()).text(" 的卷变成了空卷。")
        }
        Fault::RegistryDown(repository) => {
            say.text("镜像仓库故障：").code(repository).text(" 无法拉取。")
        }
        Fault::CorruptClone(pod) => {
            say.text("传输损坏：发往 ").pod(pod).text(" 的备份流中有比特翻转。")
        }
        Fault::ClockSkew(pod, by) => say
            .text("时钟偏移：")
            .pod(pod)
            .text(" 的时钟快了 ")
            .text((by.0 / 1_000).to_string())
            .text(" 秒。"),
    }
}

fn mended(fault: &Fault) -> Phrase {
    let say = Phrase::new();
    match fault {
        Fault::NodeLoss(node) => {
            say.text("节点 ").code(node.as_str()).text(" 重新启动，上面空空如也。")
        }
        Fault::Partition(a, b) | Fault::Slow(a, b, _) | Fault::Reset(a, b) => {
            say.pod(a).text(" 与 ").pod(b).text(" 之间的网络恢复正常。")
        }
        Fault::ProbeFails(pod, container, kind) => say
            .pod(pod)
            .text(" 中 ")
            .container(pod, container)
            .text(" 的")
            .text(probe(*kind))
            .text("重新按其命令的结果判断。"),
        Fault::DiskFull(claim) => say.code(claim.as_str()).text(" 的卷又有了可用空间。"),
        Fault::RegistryDown(repository) => say.code(repository).text(" 的镜像仓库恢复响应。"),
        Fault::CorruptClone(pod) => say.text("发往 ").pod(pod).text(" 的数据流恢复完好。"),
        Fault::ClockSkew(pod, _) => say.pod(pod).text(" 的时钟恢复准确。"),
        Fault::Crash(..) | Fault::Kill(..) | Fault::VolumeLoss(_) => {
            say.code(fault.to_string()).text(" 当即就已结束，无需恢复。")
        }
    }
}

fn probe(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "启动探针",
        ProbeKind::Readiness => "就绪探针",
        ProbeKind::Liveness => "存活探针",
    }
}

/// What an operator calls a kind of fault.
pub fn title(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Crash => "容器崩溃",
        FaultKind::Kill => "进程被杀",
        FaultKind::ProbeFails => "探针失败",
        FaultKind::Partition => "网络分区",
        FaultKind::Slow => "网络变慢",
        FaultKind::Reset => "防火墙重置",
        FaultKind::NodeLoss => "节点宕机",
        FaultKind::DiskFull => "磁盘写满",
        FaultKind::VolumeLoss => "数据卷丢失",
        FaultKind::RegistryDown => "镜像仓库故障",
        FaultKind::CorruptClone => "克隆流损坏",
        FaultKind::ClockSkew => "时钟偏移",
    }
}

/// What it means, in a line.
pub fn meaning(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Crash => "容器的首个进程收到 SIGKILL。",
        FaultKind::Kill => "容器里的某个程序收到 SIGKILL，其他进程照常运行。",
        FaultKind::ProbeFails => "不论程序状态如何，kubelet 的检查一律失败。",
        FaultKind::Partition => "两个 Pod 之间的数据包双向不通。",
        FaultKind::Slow => "两个 Pod 之间每个数据包多花 200 毫秒。",
        FaultKind::Reset => "一个 Pod 到另一个 Pod 的连接被重置，新连接被拒绝。",
        FaultKind::NodeLoss => "节点断电，其上的 Pod 全部消失；集群要过一阵才知道。",
        FaultKind::DiskFull => "数据卷已无可用空间。",
        FaultKind::VolumeLoss => "数据卷变成了空卷。",
        FaultKind::RegistryDown => "无法拉取该仓库的镜像。",
        FaultKind::CorruptClone => "发往该 Pod 的备份流中有比特翻转。",
        FaultKind::ClockSkew => "该 Pod 的时钟快了一小时，其余的准确。",
    }
}

/// What a group of faults breaks.
pub fn group(group: FaultGroup) -> &'static str {
    match group {
        FaultGroup::Container => "容器",
        FaultGroup::Network => "网络",
        FaultGroup::Node => "节点",
        FaultGroup::Storage => "存储",
        FaultGroup::Registry => "镜像仓库",
        FaultGroup::Backup => "备份",
        FaultGroup::Clock => "时钟",
    }
}
