// A guest for the tests of source lines, in Rust: it divides by zero in an inlined function.
#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[inline(always)]
fn divide(a: i32, b: i32) -> i32 {
    a / b
}

#[inline(never)]
fn helper(x: i32) -> i32 {
    100 / (x | 1) + divide(x, x - 3)
}

#[inline(never)]
fn middle(values: &[i32]) -> i32 {
    values.iter().map(|each| helper(*each)).sum()
}

#[no_mangle]
pub extern "C" fn outer(count: usize) -> i32 {
    let values = [1, 2, 3, 4, 5];
    middle(&values[..count]) + 1
}
