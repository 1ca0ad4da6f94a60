"""Filters pictures with Pillow: in one thread, then shared among several."""

import threading
import time

try:
    from PIL import Image, ImageFilter
except ImportError:
    Image = None

FILTER = "GaussianBlur"
THREADS = 2
PICTURES = 8
SIZE = 1400


def change(picture):
    if FILTER == "GaussianBlur":
        return picture.filter(ImageFilter.GaussianBlur(8))
    if FILTER == "SHARPEN":
        return picture.filter(ImageFilter.SHARPEN)
    if FILTER == "resize":
        return picture.resize((SIZE // 2, SIZE // 2), Image.Resampling.LANCZOS)
    if FILTER == "rotate":
        return picture.rotate(30, resample=Image.Resampling.BICUBIC)
    return picture.filter(ImageFilter.MedianFilter(3))


def change_all(pictures):
    for picture in pictures:
        change(picture)


def change_in(pictures, threads_wanted):
    threads = [
        threading.Thread(target=change_all, args=(pictures[number::threads_wanted],))
        for number in range(threads_wanted)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"threads: {threads_wanted}, seconds: {time.perf_counter() - start:.2f}", flush=True)


def main():
    if Image is None:
        print("Pillow is not installed in this Python")
        return
    pictures = [Image.effect_noise((SIZE, SIZE), 40 + number).convert("RGB") for number in range(PICTURES)]
    change_in(pictures, 1)
    change_in(pictures, THREADS)


if __name__ == "__main__":
    main()
