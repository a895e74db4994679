// A program on Rust's standard library: allocation, formatting, collections, sorting.
use std::collections::BTreeMap;

fn main() {
    let mut words: Vec<String> = "the quick brown fox jumps over the lazy dog"
        .split(' ')
        .map(String::from)
        .collect();
    words.sort();
    let mut counts = BTreeMap::new();
    for word in &words {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    println!("{} words, {} different, first {}", words.len(), counts.len(), words[0]);
    println!("half of pi is {:.4}", std::f64::consts::PI / 2.0);
}
