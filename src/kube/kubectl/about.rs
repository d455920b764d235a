//! `config`, `auth`, `api-versions`: what kubectl knows of the cluster and of who asks, where
//! kubeadm has set it up. Only what looks is here.

use super::{Answer, DONE, Desk, Failure, Kubectl};
use crate::kube::print::align;

/// The context kubeadm writes into `admin.conf`.
const CONTEXT: &str = "kubernetes-admin@kubernetes";

/// `kubectl config view`. Models k8s.io/client-go/tools/clientcmd/api/v1.
const VIEW: &str = "\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: DATA+OMITTED
    server: https://192.168.0.10:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: DATA+OMITTED
    client-key-data: DATA+OMITTED
";

/// The groups and versions that an API server 1.36 serves by default. From memory.
const API_VERSIONS: &str = "\
admissionregistration.k8s.io/v1
apiextensions.k8s.io/v1
apiregistration.k8s.io/v1
apps/v1
authentication.k8s.io/v1
authorization.k8s.io/v1
autoscaling/v1
autoscaling/v2
batch/v1
certificates.k8s.io/v1
coordination.k8s.io/v1
discovery.k8s.io/v1
events.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1
networking.k8s.io/v1
node.k8s.io/v1
policy/v1
rbac.authorization.k8s.io/v1
resource.k8s.io/v1
scheduling.k8s.io/v1
storage.k8s.io/v1
v1
";

impl Kubectl {
    pub(super) fn config(&self, desk: &mut dyn Desk) -> Answer {
        let names: Vec<&str> = self.args.names.iter().map(String::as_str).collect();
        match names[..] {
            ["current-context"] => desk.out(&format!("{CONTEXT}\n")),
            ["view"] => desk.out(VIEW),
            ["get-clusters"] => desk.out("NAME\nkubernetes\n"),
            ["get-users"] => desk.out("NAME\nkubernetes-admin\n"),
            ["get-contexts"] => desk.out(&align(
                &format!(
                    "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n\
                     *\t{CONTEXT}\tkubernetes\tkubernetes-admin\t\n"
                ),
                0,
                3,
            )),
            ["use-context", CONTEXT] => desk.out(&format!("Switched to context {CONTEXT:?}.\n")),
            ["use-context", other] => {
                return Err(Failure::new(format!(
                    "error: no context exists with the name: {other:?}"
                )));
            }
            [] => return self.help(desk),
            [what, ..] => return Err(not_here(&format!("config {what}"))),
        }
        DONE
    }

    /// Whoever sits here may do all there is.
    pub(super) fn auth(&self, desk: &mut dyn Desk) -> Answer {
        let names: Vec<&str> = self.args.names.iter().map(String::as_str).collect();
        match names[..] {
            ["can-i", _, _] => desk.out("yes\n"),
            ["can-i", ..] => {
                return Err(Failure::new(
                    "error: you must specify two arguments: verb resource or verb \
                     resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
                ));
            }
            ["whoami"] => desk.out(&align(
                "ATTRIBUTE\tVALUE\nUsername\tkubernetes-admin\n\
                 Groups\t[kubeadm:cluster-admins system:authenticated]\n",
                0,
                3,
            )),
            [] => return self.help(desk),
            [what, ..] => return Err(not_here(&format!("auth {what}"))),
        }
        DONE
    }

    pub(super) fn api_versions(&self, desk: &mut dyn Desk) -> Answer {
        desk.out(API_VERSIONS);
        DONE
    }
}

/// A command of kubectl's that does nothing here.
pub(super) fn not_here(command: &str) -> Failure {
    Failure::new(format!("error: kubectl's command {command:?} is not modelled here"))
}
