// SPDX-License-Identifier: MIT
// The picture in pixels: librsvg draws the SVG. The library is opened when it is needed, because with all that it needs itself it
// would take longer to load than most commands take to run.
#include "picture.hpp"

#include <fmt/format.h>

#ifdef PACER_TOOLS_PNG
#include <dlfcn.h>
#include <librsvg/rsvg.h>

#include <memory>
#endif

namespace tools {

#ifdef PACER_TOOLS_PNG

namespace {

constexpr const char* library_name = "librsvg-2.so.2";

/// A function of librsvg, or of a library that it needs.
template <class Function>
Function function_of(void* library, const char* name) {
    void* const found = dlsym(library, name);
    if (found == nullptr)
        throw error(fmt::format("--png: {} of this machine has no {}", library_name, name));
    return reinterpret_cast<Function>(found);
}
#define PACER_TOOLS_FUNCTION(name) const auto name##_ = function_of<decltype(&name)>(library, #name)

}  // namespace

std::string png_picture(const std::string& svg, double scale) {
    void* const library = dlopen(library_name, RTLD_NOW);
    if (library == nullptr)
        throw error(fmt::format("--png: {} draws it and is not installed (Debian: librsvg2-2); --svg needs nothing",
                                library_name));
    PACER_TOOLS_FUNCTION(rsvg_handle_new_from_data);
    PACER_TOOLS_FUNCTION(rsvg_handle_get_intrinsic_size_in_pixels);
    PACER_TOOLS_FUNCTION(rsvg_handle_render_document);
    PACER_TOOLS_FUNCTION(g_object_unref);
    PACER_TOOLS_FUNCTION(cairo_image_surface_create);
    PACER_TOOLS_FUNCTION(cairo_create);
    PACER_TOOLS_FUNCTION(cairo_set_source_rgb);
    PACER_TOOLS_FUNCTION(cairo_paint);
    PACER_TOOLS_FUNCTION(cairo_status);
    PACER_TOOLS_FUNCTION(cairo_destroy);
    PACER_TOOLS_FUNCTION(cairo_surface_destroy);
    PACER_TOOLS_FUNCTION(cairo_surface_write_to_png_stream);

    const std::unique_ptr<RsvgHandle, void (*)(gpointer)> picture(
        rsvg_handle_new_from_data_(reinterpret_cast<const guint8*>(svg.data()), svg.size(), nullptr), g_object_unref_);
    double width = 0;
    double height = 0;
    if (picture == nullptr || rsvg_handle_get_intrinsic_size_in_pixels_(picture.get(), &width, &height) == 0)
        throw error("--png: librsvg does not read the picture");
    const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
        cairo_image_surface_create_(CAIRO_FORMAT_RGB24, static_cast<int>(width * scale),
                                    static_cast<int>(height * scale)),
        cairo_surface_destroy_);
    const std::unique_ptr<cairo_t, void (*)(cairo_t*)> pen(cairo_create_(surface.get()), cairo_destroy_);
    // On white, which every viewer shows as it is.
    cairo_set_source_rgb_(pen.get(), 1, 1, 1);
    cairo_paint_(pen.get());
    const RsvgRectangle whole{0, 0, width * scale, height * scale};
    const bool is_drawn = rsvg_handle_render_document_(picture.get(), pen.get(), &whole, nullptr) != 0 &&
                          cairo_status_(pen.get()) == CAIRO_STATUS_SUCCESS;
    std::string png;
    const auto add = [](void* to, const unsigned char* bytes, unsigned count) {
        static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
        return CAIRO_STATUS_SUCCESS;
    };
    if (!is_drawn || cairo_surface_write_to_png_stream_(surface.get(), add, &png) != CAIRO_STATUS_SUCCESS)
        throw error("--png: librsvg does not draw the picture");
    return png;
}

#else

std::string png_picture(const std::string&, double) {
    throw error(
        "--png: this pacer was built without librsvg, which draws it (Debian: librsvg2-dev); --svg needs nothing");
}

#endif

}  // namespace tools
