//! 简体中文: facts of `machine`.

use crate::text::size::bytes;
use crate::text::{Entity, Phrase};

use crate::trace::fact::{MachineFact, NoName};

/// The words for a fact.
pub fn phrase(fact: &MachineFact) -> Phrase {
    let say = Phrase::new();
    match fact {
        MachineFact::NotModelled { program, what } => {
            say.code(program).text(" 用到了 ").code(what).text("，本模型没有实现它。")
        }
        MachineFact::NameResolved { pod, name, address } => {
            say.pod(pod).text(" 查到 ").code(name).text(" 的地址是 ").code(address).text("。")
        }
        MachineFact::NameUnknown { pod, name, why } => {
            let said = say.text("DNS 中没有 ").code(name).text("，").pod(pod);
            no_name(said.text(" 得不到地址："), why).text("。")
        }
        MachineFact::Connected { from, to, port, through } => {
            let said = say.pod(from).text(" 已连上 ").pod(to).text(" 的 ");
            let said = said.code(port.to_string()).text(" 端口");
            match through {
                Some(address) => {
                    said.text("：这个 Pod 是 Service ").code(address).text(" 选中的。")
                }
                None => said.text("。"),
            }
        }
        MachineFact::Refused { from, address, port } => say
            .pod(from)
            .text(" 请求连接 ")
            .code(format!("{address}:{port}"))
            .text("，但那里没有进程在监听：连接被拒绝。"),
        MachineFact::TimedOut { from, address, port } => say
            .pod(from)
            .text(" 一直没有等到 ")
            .code(format!("{address}:{port}"))
            .text(" 的应答：连接超时。"),
        MachineFact::HeldBack { from, to } => say
            .text("从 ")
            .pod(from)
            .text(" 到 ")
            .pod(to)
            .text(" 的数据包丢了。TCP 会反复重传，每次的等待时间加倍。"),
        MachineFact::ConnectionReset { from, to, port } => say
            .pod(from)
            .text(" 到 ")
            .pod(to)
            .text(" 的 ")
            .code(port.to_string())
            .text(" 端口的连接被重置：两端都收到 RST。"),
        MachineFact::Rejected { from, to, port } => say
            .text("防火墙拒绝了 ")
            .pod(from)
            .text(" 到 ")
            .pod(to)
            .text(" 的 ")
            .code(port.to_string())
            .text(" 端口的连接。"),
        MachineFact::Corrupted { from, to, bytes: part } => say
            .pod(to)
            .text(" 从 ")
            .pod(from)
            .text(format!(" 收到的 {} 中有一个比特翻转了，TCP 校验和没有发现。", bytes(*part))),
        MachineFact::Streamed { from, to, bytes: part, total } => say
            .pod(to)
            .text(" 从 ")
            .pod(from)
            .text(format!(" 收到 {}，累计 {}。", bytes(*part), bytes(*total))),
        MachineFact::BusyLoop { pod, command } => say
            .pod(pod)
            .text(" 中的 ")
            .code(command)
            .text(" 在空转，从不等待；此后它会被放慢运行。"),
    }
}

/// Why there is no such name.
fn no_name(say: Phrase, why: &NoName) -> Phrase {
    match why {
        NoName::NoService(service) => {
            say.text("没有名为 ").entity(Entity::Service(service.clone())).text(" 的 Service")
        }
        NoName::NotReady(pod) => {
            say.text("只有 Pod 处于 Ready 时，它的名字才存在，而 ").pod(pod).text(" 还没有 Ready")
        }
        NoName::NoHost { host, service } => say
            .text("Service ")
            .entity(Entity::Service(service.clone()))
            .text(" 之下没有名为 ")
            .code(host)
            .text(" 的 Pod"),
        NoName::OtherSubdomain { pod, subdomain, service } => {
            let said = say.pod(pod);
            let said = match subdomain.as_str() {
                "" => said.text(" 没有写 serviceName，"),
                other => said.text(" 的 serviceName 是 ").code(other).text("，"),
            };
            said.text("它的名字不在 ").entity(Entity::Service(service.clone())).text(" 之下")
        }
        NoName::NoneReady(service) => say
            .text("Service ")
            .entity(Entity::Service(service.clone()))
            .text(" 没有处于 Ready 的 Pod"),
        NoName::Kept => say.text("DNS 服务器还缓存着“没有这个名字”的应答"),
        NoName::Outside => say.text("它不是本集群内的名字，而模型不知道集群之外的名字"),
    }
}
