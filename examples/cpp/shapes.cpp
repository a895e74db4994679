// Virtual calls without a standard library: what C++ compilers make of call_indirect.
struct Shape {
  virtual int area() const = 0;
};
struct Square final : Shape {
  explicit Square(int side) : side_(side) {}
  int area() const override { return side_ * side_; }
  int side_;
};
struct Rectangle final : Shape {
  Rectangle(int width, int height) : width_(width), height_(height) {}
  int area() const override { return width_ * height_; }
  int width_;
  int height_;
};

__attribute__((noinline)) static int sum(const Shape* const* shapes, int count) {
  int total = 0;
  for (int i = 0; i < count; i++) total += shapes[i]->area();
  return total;
}

extern "C" __attribute__((export_name("total_area"))) int total_area(int side) {
  const Square square(side);
  const Rectangle rectangle(side, side + 1);
  const Shape* shapes[] = {&square, &rectangle, &square};
  return sum(shapes, 3);
}
