// The app of examples/c/blink.c in Rust, without its standard library.
#![no_std]

#[link(wasm_import_module = "env")]
extern "C" {
    fn gpio_write(pin: u32, level: u32);
    fn log(text: *const u8, length: usize);
}

#[no_mangle]
pub extern "C" fn run(times: i32) {
    let greeting = "hello from rust";
    unsafe { log(greeting.as_ptr(), greeting.len()) };
    for i in 0..times {
        unsafe { gpio_write(13, (i & 1) as u32) };
    }
}

#[no_mangle]
pub extern "C" fn add(a: i32, b: i32) -> i32 {
    a.wrapping_add(b)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
