//! What may be changed, and what such a change must be.

use super::CommentLang;
use crate::base::limit::REPLICAS_MAX;
use crate::manifest::object::Quantity;
use crate::manifest::validate;

/// What to change. What is not said stays as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ExportOptions {
    /// `spec.replicas`.
    pub replicas: Option<u32>,
    /// The namespace of every object.
    pub namespace: Option<String>,
    /// The size of each claim.
    pub storage: Option<String>,
    /// The class of each claim.
    pub storage_class: Option<String>,
    /// The image of the containers that run MySQL.
    pub mysql_image: Option<String>,
    /// The image of the containers that run XtraBackup.
    pub xtrabackup_image: Option<String>,
    /// Comments in this language only.
    pub lang: Option<CommentLang>,
}

/// An option, for saying what is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // The variants are the fields of `ExportOptions`.
pub enum OptionName {
    Replicas,
    Namespace,
    Storage,
    StorageClass,
    MysqlImage,
    XtrabackupImage,
}

impl OptionName {
    /// As the command line has it, without its dashes.
    pub fn flag(self) -> &'static str {
        match self {
            OptionName::Replicas => "replicas",
            OptionName::Namespace => "namespace",
            OptionName::Storage => "storage",
            OptionName::StorageClass => "storage-class",
            OptionName::MysqlImage => "mysql-image",
            OptionName::XtrabackupImage => "xtrabackup-image",
        }
    }
}

/// An option that no manifest could hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionProblem {
    /// Which one.
    pub option: OptionName,
    /// What it is.
    pub value: String,
}

impl ExportOptions {
    /// The namespace to put objects into; none where they would be there anyway.
    pub fn new_namespace(&self) -> Option<&str> {
        self.namespace.as_deref().filter(|name| !name.is_empty() && *name != "default")
    }

    /// Which options no manifest could hold.
    pub fn problems(&self) -> Vec<OptionProblem> {
        let mut problems = Vec::new();
        let mut check = |option, value: Option<String>, good: fn(&str) -> bool| {
            if let Some(value) = value.filter(|value| !good(value)) {
                problems.push(OptionProblem { option, value });
            }
        };
        let replicas = self.replicas.map(|replicas| replicas.to_string());
        check(OptionName::Replicas, replicas, |text| {
            text.parse::<u32>().is_ok_and(|replicas| (1..=REPLICAS_MAX).contains(&replicas))
        });
        check(OptionName::Namespace, self.namespace.clone(), |text| {
            text.is_empty() || validate::is_label(text)
        });
        check(OptionName::Storage, self.storage.clone(), |text| {
            Quantity::parse(text)
                .is_some_and(|size| !size.is_zero() && !size.is_negative() && size.value() > 0)
        });
        check(OptionName::StorageClass, self.storage_class.clone(), validate::is_subdomain);
        check(OptionName::MysqlImage, self.mysql_image.clone(), is_image);
        check(OptionName::XtrabackupImage, self.xtrabackup_image.clone(), is_image);
        problems
    }
}

/// Whether a text could name an image: the characters of distribution's reference grammar.
fn is_image(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b"._-/:@".contains(&b);
    text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && text.bytes().all(good)
        && !text.ends_with([':', '/', '@'])
}
