//! 简体中文: facts of `kube`.

use crate::base::{ClaimName, ContainerName, Millis, NodeName, PodName, ServiceName};
use crate::text::{Entity, Phrase};
use crate::trace::fact::KubeFact;
use crate::trace::fact::kube::{DeleteWhy, OutWhy, ProbeKind, WaitWhy};

fn say(text: &str) -> Phrase {
    Phrase::new().text(text)
}

/// Names in a sentence.
trait Names {
    fn object(self, kind: &str, name: &str) -> Phrase;
    fn claim(self, name: &ClaimName) -> Phrase;
    fn node(self, name: &NodeName) -> Phrase;
    fn service(self, name: &ServiceName) -> Phrase;
}

impl Names for Phrase {
    fn object(self, kind: &str, name: &str) -> Phrase {
        self.text(format!("{kind} ")).entity(Entity::Object(kind.to_string(), name.to_string()))
    }
    fn claim(self, name: &ClaimName) -> Phrase {
        self.entity(Entity::Claim(name.clone()))
    }
    fn node(self, name: &NodeName) -> Phrase {
        self.entity(Entity::Node(name.clone()))
    }
    fn service(self, name: &ServiceName) -> Phrase {
        self.entity(Entity::Service(name.clone()))
    }
}

fn seconds(duration: Millis) -> String {
    if duration.0.is_multiple_of(1_000) {
        return format!("{} 秒", duration.0 / 1_000);
    }
    format!("{}.{} 秒", duration.0 / 1_000, duration.0 % 1_000 / 100)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

fn probe_name(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "启动探针",
        ProbeKind::Readiness => "就绪探针",
        ProbeKind::Liveness => "存活探针",
    }
}

/// The words for a fact.
pub fn phrase(fact: &KubeFact) -> Phrase {
    let said = match fact {
        KubeFact::Created { .. }
        | KubeFact::Applied { .. }
        | KubeFact::ApplyRefused { .. }
        | KubeFact::Scaled { .. }
        | KubeFact::DeleteAsked { .. }
        | KubeFact::Cordoned { .. } => server(fact),
        KubeFact::RevisionMade { .. }
        | KubeFact::RevisionReused { .. }
        | KubeFact::SetMadeClaim { .. }
        | KubeFact::SetMadePod { .. }
        | KubeFact::SetDeletedPod { .. }
        | KubeFact::SetWaits { .. }
        | KubeFact::ScaleDownWaits { .. }
        | KubeFact::SetComplete { .. }
        | KubeFact::UpdateComplete { .. }
        | KubeFact::PodAdopted { .. }
        | KubeFact::ClaimOwned { .. } => controller(fact),
        KubeFact::ClaimWaits { .. }
        | KubeFact::Provisioning { .. }
        | KubeFact::Bound { .. }
        | KubeFact::VolumeGrows { .. }
        | KubeFact::VolumeGrown { .. }
        | KubeFact::ClaimStuck { .. }
        | KubeFact::ClaimProtected { .. }
        | KubeFact::ClaimGone { .. }
        | KubeFact::Attaching { .. }
        | KubeFact::Attached { .. }
        | KubeFact::AttachedElsewhere { .. }
        | KubeFact::Detached { .. }
        | KubeFact::VolumesShared { .. }
        | KubeFact::Mounted { .. }
        | KubeFact::MountFailed { .. } => storage(fact),
        KubeFact::NodeSelected { .. }
        | KubeFact::Scheduled { .. }
        | KubeFact::Unschedulable { .. }
        | KubeFact::EndpointIn { .. }
        | KubeFact::EndpointOut { .. } => network(fact),
        KubeFact::KubeletTakesPod { .. }
        | KubeFact::SandboxMade { .. }
        | KubeFact::PullBegins { .. }
        | KubeFact::PullDone { .. }
        | KubeFact::ImageTakenFor { .. }
        | KubeFact::ImageNotModelled { .. }
        | KubeFact::Trouble { .. }
        | KubeFact::ContainerStarted { .. }
        | KubeFact::StartFailed { .. }
        | KubeFact::ContainerEnded { .. }
        | KubeFact::BackOff { .. } => kubelet(fact),
        KubeFact::ProbeRuns { .. }
        | KubeFact::ProbeResult { .. }
        | KubeFact::ContainerReady { .. }
        | KubeFact::Unhealthy { .. }
        | KubeFact::PodReady { .. }
        | KubeFact::PhaseChanged { .. } => probes(fact),
        KubeFact::PodStopping { .. }
        | KubeFact::GraceOver { .. }
        | KubeFact::PodFinished { .. }
        | KubeFact::PodGone { .. }
        | KubeFact::NodeLost { .. }
        | KubeFact::NodeBack { .. }
        | KubeFact::NodeNotReady { .. }
        | KubeFact::Evicted { .. } => ending(fact),
    };
    said.expect("every fact named above is put into words below")
}

fn server(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::Created { kind, name } => say("API 服务器保存了 ").object(kind, name).text("。"),
        KubeFact::Applied { kind, name, changed: true } => {
            say("API 服务器把清单合并到 ").object(kind, name).text("。")
        }
        KubeFact::Applied { kind, name, changed: false } => {
            Phrase::new().object(kind, name).text(" 已与清单一致。")
        }
        KubeFact::ApplyRefused { kind, name, message } => {
            say("API 服务器拒绝了 ").object(kind, name).text("：").code(message).text("。")
        }
        KubeFact::Scaled { set, was, replicas } => Phrase::new()
            .object("StatefulSet", set)
            .text(format!(" 的副本数由 {was} 改为 {replicas}。")),
        KubeFact::DeleteAsked { kind, name } => {
            say("有人请求 API 服务器删除 ").object(kind, name).text("。")
        }
        KubeFact::Cordoned { node, on: true } => {
            say("节点 ").node(node).text(" 从现在起不再接收新的 Pod。")
        }
        KubeFact::Cordoned { node, on: false } => say("节点 ").node(node).text(" 重新接收 Pod。"),
        _ => return None,
    })
}

fn waits(pod: &PodName, why: WaitWhy) -> Phrase {
    match why {
        WaitWhy::NotReady => say("等待 ").pod(pod).text(" 进入 Running 且 Ready"),
        WaitWhy::Terminating => say("等待 ").pod(pod).text(" 终止完毕"),
        WaitWhy::NotAvailable => {
            say("等待 ").pod(pod).text(" 保持 Ready 满 ").code("minReadySeconds")
        }
    }
}

fn join(mut first: Phrase, second: Phrase) -> Phrase {
    first.0.extend(second.0);
    first
}

fn controller(fact: &KubeFact) -> Option<Phrase> {
    let subject = || say("StatefulSet 控制器");
    Some(match fact {
        KubeFact::RevisionMade { revision, number, .. } => subject()
            .text("把 Pod 模板记为修订版本 ")
            .code(revision)
            .text(format!("（第 {number} 版）。")),
        KubeFact::RevisionReused { revision, .. } => {
            subject().text("发现 Pod 模板又回到了较早的修订版本 ").code(revision).text("。")
        }
        KubeFact::SetMadeClaim { claim, pod, .. } => {
            subject().text("为 ").pod(pod).text(" 创建声明 ").claim(claim).text("。")
        }
        KubeFact::SetMadePod { pod, after: None, .. } => {
            subject().text("创建 Pod ").pod(pod).text("。")
        }
        KubeFact::SetMadePod { pod, after: Some(after), .. } => subject()
            .text("创建 Pod ")
            .pod(pod)
            .text("：")
            .pod(after)
            .text(" 已 Running 且 Ready。"),
        KubeFact::SetDeletedPod { pod, why, .. } => {
            let sentence = subject().text("删除 Pod ").pod(pod);
            match why {
                DeleteWhy::ScaleDown => sentence.text("：它的序号已超出所需的副本数。"),
                DeleteWhy::Update => sentence.text("：它用的是旧模板，随后会按新模板重建。"),
                DeleteWhy::Ended => sentence.text("：它已结束，随后会重建。"),
            }
        }
        KubeFact::SetWaits { pod, next: Some(next), why, .. } => {
            join(subject(), waits(pod, *why)).text("，然后才创建 ").pod(next).text("。")
        }
        KubeFact::SetWaits { pod, next: None, why, .. } => {
            join(subject(), waits(pod, *why)).text("，然后才继续。")
        }
        KubeFact::ScaleDownWaits { pod, waits_for, why, .. } => {
            join(subject(), waits(waits_for, *why)).text("，然后才删除 ").pod(pod).text("。")
        }
        KubeFact::SetComplete { set, ready } => Phrase::new()
            .object("StatefulSet", set)
            .text(format!(" 已达到期望状态：{ready} 个 Pod 全部 Ready。")),
        KubeFact::UpdateComplete { revision, .. } => {
            say("所有 Pod 都已是修订版本 ").code(revision).text("：滚动更新完成。")
        }
        KubeFact::PodAdopted { pod, .. } => {
            subject().text("收养 ").pod(pod).text("：它的标签和名字都符合。")
        }
        KubeFact::ClaimOwned { claim, owner: Some(owner) } => say("声明 ")
            .claim(claim)
            .text(" 现在归它的 ")
            .text(owner.as_str())
            .text(" 所有，将随之删除。"),
        KubeFact::ClaimOwned { claim, owner: None } => {
            say("声明 ").claim(claim).text(" 现在不归任何对象所有，会保留下来。")
        }
        _ => return None,
    })
}

fn storage(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::ClaimWaits { claim } => say("声明 ")
            .claim(claim)
            .text(" 先等待：它的 StorageClass 要等使用它的 Pod 选定节点后才绑定。"),
        KubeFact::Provisioning { claim, provisioner, .. } => {
            say("驱动 ").code(provisioner).text(" 为声明 ").claim(claim).text(" 创建磁盘。")
        }
        KubeFact::Bound { claim, volume, size } => say("声明 ")
            .claim(claim)
            .text(" 绑定到卷 ")
            .code(volume.as_str())
            .text(format!("（{size}）。")),
        KubeFact::VolumeGrows { claim, volume, size } => say("声明 ")
            .claim(claim)
            .text(" 请求扩容到 ")
            .code(size)
            .text("，存储驱动开始扩大卷 ")
            .code(volume.as_str())
            .text("。"),
        KubeFact::VolumeGrown { claim, node, size } => say("声明 ")
            .claim(claim)
            .text(" 的文件系统在 ")
            .node(node)
            .text(" 上已扩大到 ")
            .code(size)
            .text("。"),
        KubeFact::ClaimStuck { claim, class: None } => say("声明 ")
            .claim(claim)
            .text(" 停留在 Pending：它没有指定 StorageClass，也没有合适的卷。"),
        KubeFact::ClaimStuck { claim, class: Some(class) } => say("声明 ")
            .claim(claim)
            .text(" 停留在 Pending：没有谁为 StorageClass ")
            .code(class)
            .text(" 创建卷。"),
        KubeFact::ClaimProtected { claim } => {
            say("声明 ").claim(claim).text(" 将被删除，但仍有 Pod 在使用它，所以暂时保留。")
        }
        KubeFact::ClaimGone { claim, deleted: true } => {
            say("声明 ").claim(claim).text(" 已删除，它的卷连同全部数据也已删除。")
        }
        KubeFact::ClaimGone { claim, deleted: false } => {
            say("声明 ").claim(claim).text(" 已删除。")
        }
        KubeFact::Attaching { volume, node, pod } => say("正在为 ")
            .pod(pod)
            .text(" 把卷 ")
            .code(volume.as_str())
            .text(" 挂接到 ")
            .node(node)
            .text("。"),
        KubeFact::Attached { volume, node } => {
            say("卷 ").code(volume.as_str()).text(" 已挂接到 ").node(node).text("。")
        }
        KubeFact::AttachedElsewhere { volume, node, pod } => Phrase::new()
            .pod(pod)
            .text(" 必须等待：卷 ")
            .code(volume.as_str())
            .text("（ReadWriteOnce）仍挂接在 ")
            .node(node)
            .text(" 上。"),
        KubeFact::Detached { volume, node } => {
            say("卷 ").code(volume.as_str()).text(" 已从 ").node(node).text(" 卸下。")
        }
        KubeFact::VolumesShared { pod, group } => say("kubelet 把 ")
            .pod(pod)
            .text(" 各个卷里的文件改归属组 ")
            .code(group.to_string())
            .text("（")
            .code("fsGroup")
            .text("）。"),
        KubeFact::Mounted { pod, volumes } if volumes.is_empty() => {
            say("").pod(pod).text(" 没有需要 kubelet 准备的卷。")
        }
        KubeFact::Mounted { pod, volumes } => {
            say("kubelet 为 ").pod(pod).text(" 准备好各个卷：").code(volumes.join(", ")).text("。")
        }
        KubeFact::MountFailed { pod, volume, message } => say("kubelet 无法为 ")
            .pod(pod)
            .text(" 准备卷 ")
            .code(volume)
            .text("：")
            .code(message)
            .text("。"),
        _ => return None,
    })
}

fn network(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::NodeSelected { pod, node, claim } => {
            let sentence = say("调度器打算把 ").pod(pod).text(" 放到 ").node(node);
            match claim {
                Some(claim) => sentence.text("，先等声明 ").claim(claim).text(" 得到它的卷。"),
                None => sentence.text("。"),
            }
        }
        KubeFact::Scheduled { pod, node } => {
            say("调度器把 ").pod(pod).text(" 分配到 ").node(node).text("。")
        }
        KubeFact::Unschedulable { pod, message } => {
            say("调度器为 ").pod(pod).text(" 找不到节点：").code(message)
        }
        KubeFact::EndpointIn { service, pod, ip, headless: true } => Phrase::new()
            .pod(pod)
            .text(" 已 Ready：从现在起，DNS 名字 ")
            .code(format!("{pod}.{service}"))
            .text(" 解析为 ")
            .code(ip)
            .text("。"),
        KubeFact::EndpointIn { service, pod, headless: false, .. } => {
            say("Service ").service(service).text(" 也会把新连接发给 ").pod(pod).text("。")
        }
        KubeFact::EndpointOut { service, pod, why } => {
            let sentence = say("Service ").service(service).text(" 不再通向 ").pod(pod);
            sentence.text(match why {
                OutWhy::NotReady => "：它没有 Ready。",
                OutWhy::Terminating => "：它正在被删除。",
                OutWhy::Gone => "：它已不存在。",
            })
        }
        _ => return None,
    })
}

fn container_of(pod: &PodName, container: &ContainerName) -> Phrase {
    Phrase::new().pod(pod).text(" 的 ").container(pod, container)
}

fn kubelet(fact: &KubeFact) -> Option<Phrase> {
    let subject = || say("kubelet ");
    Some(match fact {
        KubeFact::KubeletTakesPod { pod, node } => {
            Phrase::new().node(node).text(" 上的 kubelet 接手 ").pod(pod).text("。")
        }
        KubeFact::SandboxMade { pod, ip } => {
            subject().text("为 ").pod(pod).text(" 创建沙箱：它的网络地址是 ").code(ip).text("。")
        }
        KubeFact::PullBegins { node, image, waits: false, .. } => {
            say("节点 ").node(node).text(" 开始拉取镜像 ").code(image.as_str()).text("。")
        }
        KubeFact::PullBegins { node, image, waits: true, .. } => say("镜像 ")
            .code(image.as_str())
            .text(" 排队等候：")
            .node(node)
            .text(" 一次只拉取一个镜像。"),
        KubeFact::PullDone { image, took, size, .. } => say("镜像 ")
            .code(image.as_str())
            .text(format!(" 已就位：{}，用时 {}。", megabytes(*size), seconds(*took))),
        KubeFact::ImageTakenFor { image, known } => say("模型不认识镜像 ")
            .code(image.as_str())
            .text("，把它当作 ")
            .code(known)
            .text(" 的副本来运行。"),
        KubeFact::ImageNotModelled { image } => say("模型没有镜像 ")
            .code(image.as_str())
            .text("；真实的镜像仓库里有没有它，模型无从得知。"),
        KubeFact::Trouble { pod, container, reason, message } => join(
            subject().text("无法启动 "),
            container_of(pod, container).text("：").code(reason).text("。").code(message),
        ),
        KubeFact::ContainerStarted { pod, container, init, attempt } => {
            let kind = if *init { "启动 Init 容器：" } else { "启动容器：" };
            let sentence = join(subject().text(kind), container_of(pod, container));
            match attempt {
                0 => sentence.text("。"),
                n => sentence.text(format!("（第 {n} 次重启）。")),
            }
        }
        KubeFact::StartFailed { pod, container, message } => {
            join(subject().text("未能启动 "), container_of(pod, container)).text("：").code(message)
        }
        KubeFact::ContainerEnded { pod, container, init, code } => {
            let kind =
                if *init { "发现 Init 容器已结束：" } else { "发现容器已结束：" };
            join(subject().text(kind), container_of(pod, container)).text(match code {
                0 => "，成功。".to_string(),
                code => format!("，退出码 {code}。"),
            })
        }
        KubeFact::BackOff { pod, container, wait, .. } => {
            join(subject().text("暂不重启 "), container_of(pod, container))
                .text(format!("：距上次结束需等待 {}。", seconds(*wait)))
        }
        _ => return None,
    })
}

fn probes(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::ProbeRuns { pod, container, kind } => {
            join(say("kubelet 对 "), container_of(pod, container))
                .text(" 运行")
                .text(probe_name(*kind))
                .text("。")
        }
        KubeFact::ProbeResult { pod, container, kind, good, count, needed } => {
            let name = probe_name(*kind);
            let verb = if *good { "成功" } else { "失败" };
            let sentence = container_of(pod, container).text(" 的").text(name).text(verb);
            if *needed > 1 && count <= needed {
                sentence.text(format!("（连续 {count} 次，阈值 {needed}）。"))
            } else {
                sentence.text("。")
            }
        }
        KubeFact::ContainerReady { pod, container, ready: true } => {
            container_of(pod, container).text(" 已就绪。")
        }
        KubeFact::ContainerReady { pod, container, ready: false } => {
            container_of(pod, container).text(" 不再就绪。")
        }
        KubeFact::Unhealthy { pod, container, kind } => {
            join(say("kubelet 停止 "), container_of(pod, container))
                .text(" 并将重启它：")
                .text(probe_name(*kind))
                .text("失败次数过多。")
        }
        KubeFact::PodReady { pod, ready: true } => Phrase::new().pod(pod).text(" 已 Ready。"),
        KubeFact::PodReady { pod, ready: false } => Phrase::new().pod(pod).text(" 不再 Ready。"),
        KubeFact::PhaseChanged { pod, phase } => {
            Phrase::new().pod(pod).text(" 的阶段变为 ").code(phase).text("。")
        }
        _ => return None,
    })
}

fn ending(fact: &KubeFact) -> Option<Phrase> {
    Some(match fact {
        KubeFact::PodStopping { pod, containers, grace } => {
            let names: Vec<&str> = containers.iter().map(ContainerName::as_str).collect();
            say("kubelet 让 ")
                .pod(pod)
                .text(" 的 ")
                .code(names.join("、"))
                .text(" 停止（SIGTERM），宽限期 ")
                .text(seconds(*grace))
                .text("。")
        }
        KubeFact::GraceOver { pod, container } => {
            join(say("宽限期已到：kubelet 强制终止 "), container_of(pod, container))
                .text("（SIGKILL）。")
        }
        KubeFact::PodFinished { pod, failed: false } => {
            Phrase::new().pod(pod).text(" 已完成工作：所有容器都成功结束。")
        }
        KubeFact::PodFinished { pod, failed: true } => {
            Phrase::new().pod(pod).text(" 已失败，不会再启动。")
        }
        KubeFact::PodGone { pod, node } => {
            Phrase::new().pod(pod).text(" 已从 ").node(node).text(" 上消失。")
        }
        KubeFact::NodeLost { node } => {
            say("节点 ").node(node).text(" 停止工作。集群里还没有谁知道。")
        }
        KubeFact::NodeBack { node } => say("节点 ").node(node).text(" 恢复工作。"),
        KubeFact::NodeNotReady { node } => {
            say("节点控制器太久没有收到 ").node(node).text(" 的消息：它变为 NotReady。")
        }
        KubeFact::Evicted { pod, node } => {
            Phrase::new().pod(pod).text(" 对 ").node(node).text(" 失联的容忍时间已到：标记为删除。")
        }
        _ => return None,
    })
}
