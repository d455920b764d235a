//! Painting [`Shape`]s.

use std::cell::RefCell;

use leptos::prelude::document;
use web_sys::Element;

use crate::ui::shape::Shape;

const SVG: &str = "http://www.w3.org/2000/svg";

/// What stands in an element of the page, as painted last.
pub struct Painted {
    shape: Shape,
    element: Element,
    children: Vec<Painted>,
}

thread_local! {
    /// What was painted into which host. The browser has one thread.
    static HOSTS: RefCell<Vec<(Element, Vec<Painted>)>> = const { RefCell::new(Vec::new()) };
}

/// Makes a host's content what the shapes say, keeping every element that is still in the drawing.
pub fn paint(host: &Element, shapes: Vec<Shape>) {
    HOSTS.with_borrow_mut(|hosts| {
        hosts.retain(|(known, _)| known.is_connected() || known == host);
        let at = hosts.iter().position(|(known, _)| known == host).unwrap_or_else(|| {
            hosts.push((host.clone(), Vec::new()));
            hosts.len() - 1
        });
        let (_, painted) = &mut hosts[at];
        paint_children(host, painted, shapes);
    });
}

fn paint_children(parent: &Element, painted: &mut Vec<Painted>, shapes: Vec<Shape>) {
    let mut last = std::mem::take(painted);
    // While everything comes in the order of last time, every element is where it belongs.
    let mut in_order = true;
    for shape in shapes {
        let known =
            last.iter().position(|old| old.shape.tag == shape.tag && old.shape.key == shape.key);
        in_order &= known == Some(0);
        let now = match known {
            Some(at) => repaint(last.remove(at), shape),
            None => build(shape),
        };
        let Some(now) = now else { continue };
        if !in_order {
            let here = parent.children().item(painted.len() as u32);
            if here.as_ref() != Some(&now.element) {
                let _ = parent.insert_before(&now.element, here.as_deref());
            }
        }
        painted.push(now);
    }
    for gone in last {
        gone.element.remove();
    }
}

fn build(mut shape: Shape) -> Option<Painted> {
    let element = document().create_element_ns(Some(SVG), shape.tag).ok()?;
    for (name, value) in &shape.attrs {
        let _ = element.set_attribute(name, value);
    }
    let mut children = Vec::new();
    let inner = std::mem::take(&mut shape.children);
    if inner.is_empty() {
        if !shape.text.is_empty() {
            element.set_text_content(Some(&shape.text));
        }
    } else {
        paint_children(&element, &mut children, inner);
    }
    Some(Painted { shape, element, children })
}

fn repaint(mut old: Painted, mut shape: Shape) -> Option<Painted> {
    for (name, value) in &shape.attrs {
        if !old.shape.attrs.iter().any(|had| had.0 == *name && had.1 == *value) {
            let _ = old.element.set_attribute(name, value);
        }
    }
    for (name, _) in &old.shape.attrs {
        if !shape.attrs.iter().any(|(has, _)| has == name) {
            let _ = old.element.remove_attribute(name);
        }
    }
    let inner = std::mem::take(&mut shape.children);
    if inner.is_empty() && old.children.is_empty() {
        if old.shape.text != shape.text {
            old.element.set_text_content(Some(&shape.text));
        }
    } else {
        if old.children.is_empty() {
            old.element.set_text_content(None);
        }
        paint_children(&old.element, &mut old.children, inner);
        if old.children.is_empty() && !shape.text.is_empty() {
            old.element.set_text_content(Some(&shape.text));
        }
    }
    old.shape = shape;
    Some(old)
}
