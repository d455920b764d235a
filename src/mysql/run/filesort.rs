//! In which order rows come that ORDER BY finds alike. Models sql/filesort.cc, filesort_utils.cc,
//! bounded_queue.h and priority_queue.h of 5.7.
//!
//! Left out: what temporary tables are sorted by besides, the addresses of their rows.

use std::cmp::Ordering;

/// How the rows of one table are sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sorting {
    /// Rows that are alike stay as they were read: a key has them in order, or each is found again
    /// by its place, which is sorted by too.
    Stable,
    /// With the columns that are wanted: rows that are alike come as the algorithm leaves them. A
    /// queue keeps the first ones where a LIMIT wants fewer than these.
    InMemory(u64),
}

/// Up to here `std::sort` is used, which leaves rows that are alike in another order.
const QUICK_MAX: usize = 100;
/// `_S_threshold` of libstdc++: up to here it sorts by insertion.
const INSERTION_MAX: usize = 16;

/// Sorts rows of which `limit` are wanted.
pub(super) fn filesort<T>(
    mut rows: Vec<T>,
    order: &dyn Fn(&T, &T) -> Ordering,
    how: Sorting,
    limit: Option<u64>,
) -> Vec<T> {
    let Sorting::InMemory(queue_below) = how else {
        rows.sort_by(order);
        return rows;
    };
    let before = |a: &usize, b: &usize| order(&rows[*a], &rows[*b]).is_lt();
    let mut places: Vec<usize> = match limit.filter(|limit| *limit < queue_below) {
        Some(limit) => first_ones(rows.len(), usize::try_from(limit).unwrap_or(0) + 1, &before),
        None => (0..rows.len()).collect(),
    };
    if places.len() <= QUICK_MAX {
        introsort(&mut places, &before);
    } else {
        places.sort_by(|a, b| order(&rows[*a], &rows[*b]));
    }
    let mut rows: Vec<Option<T>> = rows.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| rows[place].take()).collect()
}

/// What a heap of so many places keeps, whose top is the last: a new row takes the place of that.
fn first_ones(
    count: usize,
    capacity: usize,
    before: &dyn Fn(&usize, &usize) -> bool,
) -> Vec<usize> {
    // The heap holds places of `kept`, which stay where they are.
    let (mut heap, mut kept): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for row in 0..count {
        if heap.len() == capacity {
            kept[heap[0]] = row;
            sink(&mut heap, &kept, before);
            continue;
        }
        heap.push(kept.len());
        kept.push(row);
        let mut at = heap.len() - 1;
        while at > 0 && !before(&kept[heap[at]], &kept[heap[(at - 1) / 2]]) {
            heap.swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }
    kept
}

fn sink(heap: &mut [usize], kept: &[usize], before: &dyn Fn(&usize, &usize) -> bool) {
    let mut at = 0;
    loop {
        let mut last = at;
        for child in [2 * at + 1, 2 * at + 2] {
            if child < heap.len() && before(&kept[heap[last]], &kept[heap[child]]) {
                last = child;
            }
        }
        if last == at {
            return;
        }
        heap.swap(at, last);
        at = last;
    }
}

/// `std::sort` of libstdc++, but that it never resorts to a heap: with a hundred rows at most, it
/// would have to divide them badly a dozen times.
fn introsort(places: &mut [usize], before: &dyn Fn(&usize, &usize) -> bool) {
    divide(places, before);
    for at in 1..places.len() {
        let mut to = at;
        while to > 0 && before(&places[to], &places[to - 1]) {
            places.swap(to, to - 1);
            to -= 1;
        }
    }
}

fn divide(mut places: &mut [usize], before: &dyn Fn(&usize, &usize) -> bool) {
    while places.len() > INSERTION_MAX {
        let (middle, end) = (places.len() / 2, places.len() - 1);
        let pivot = median([1, middle, end], places, before);
        places.swap(0, pivot);
        let (mut low, mut high) = (1, places.len());
        let cut = loop {
            while low < end && before(&places[low], &places[0]) {
                low += 1;
            }
            high -= 1;
            while high > 0 && before(&places[0], &places[high]) {
                high -= 1;
            }
            if low >= high {
                break low;
            }
            places.swap(low, high);
            low += 1;
        };
        let (front, back) = places.split_at_mut(cut);
        divide(back, before);
        places = front;
    }
}

/// `std::__move_median_to_first`.
fn median(
    [a, b, c]: [usize; 3],
    places: &[usize],
    before: &dyn Fn(&usize, &usize) -> bool,
) -> usize {
    let less = |x: usize, y: usize| before(&places[x], &places[y]);
    match less(a, b) {
        true if less(b, c) => b,
        true if less(a, c) => c,
        true => a,
        false if less(a, c) => a,
        false if less(b, c) => c,
        false => b,
    }
}

#[cfg(test)]
mod tests {
    use super::{Sorting, filesort};

    /// What a program says that calls `std::sort` of libstdc++ 12 on the same pairs, sorted by the
    /// first.
    const SORTED: &str = include_str!("../../../tests/mysql/sorted.txt");

    #[test]
    fn rows_that_are_alike_come_as_std_sort_leaves_them() {
        for line in SORTED.lines() {
            let (modulus, wanted) = line.split_once(": ").expect("a modulus and the places");
            let modulus: usize = modulus.parse().expect("a number");
            let wanted: Vec<usize> =
                wanted.split(' ').map(|place| place.parse().expect("a place")).collect();
            let rows: Vec<(usize, usize)> =
                (0..wanted.len()).map(|at| (at * at % modulus, at)).collect();
            let sorted = filesort(rows, &|a, b| a.0.cmp(&b.0), Sorting::InMemory(0), None);
            let said: Vec<usize> = sorted.into_iter().map(|(_, at)| at).collect();
            assert_eq!(said, wanted, "{} of {modulus}", wanted.len());
        }
    }
}
